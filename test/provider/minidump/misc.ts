import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import { countersOf, miscOf } from '../../../provider/minidump/misc.ts'
import { dumpOf, sourceOf } from '../../fixtures/dump.ts'

/** The longest version, with everything in it. */
const whole = (flags: number, zone = 2): Buffer => {
  const bytes = Buffer.alloc(1364)
  const at32: readonly (readonly [number, number])[] = [
    [0, 1364],
    [4, flags],
    [8, 42],
    [0x0c, 1_700_000_000],
    [0x10, 7],
    [0x14, 8],
    [0x2c, 0x2000],
    [0x34, 1],
    [0x38, zone],
  ]
  for (const [at, value] of at32) bytes.writeUInt32LE(value, at)
  for (const [at, value] of [
    [0x3c, 480],
    [0x90, 5],
    [0xe4, -60],
  ] as const)
    bytes.writeInt32LE(value, at)
  for (const [at, text] of [
    [0x40, 'Winter'],
    [0x94, 'Summer'],
    [0xe8, 'the build'],
    [0x2f0, 'the writer'],
  ] as const)
    bytes.write(text, at, 'utf16le')
  return bytes
}

const misc = (bytes: Uint8Array) =>
  miscOf(openDump(sourceOf(dumpOf({ others: [[15, bytes]] }))))

const told = {
  user: 7,
  kernel: 8,
  integrity: 0x2000,
  isProtected: true,
  zone: { bias: 420, name: 'Summer' },
  build: 'the build',
  writer: 'the writer',
}

t.test('each version tells what it has', t => {
  const { build, writer, ...third } = told
  const { user, kernel } = told
  const all = whole(0x3ff)
  t.same(misc(all), told)
  t.same(misc(all.subarray(0, 832)), told, 'the fourth')
  t.same(misc(all.subarray(0, 831)), third)
  t.same(misc(all.subarray(0, 232)), third, 'the third')
  t.same(misc(all.subarray(0, 231)), { user, kernel })
  t.same(misc(all.subarray(0, 44)), { user, kernel }, 'the second')
  t.same(misc(all.subarray(0, 24)), { user, kernel }, 'the first')
  t.throws(() => misc(all.subarray(0, 23)), { code: 'EIO' })
  t.same(build + writer, 'the buildthe writer')
  t.end()
})

t.test('what its flags do not tell is not there', t => {
  t.same(misc(whole(1)), {})
  const { integrity, isProtected, zone } = told
  t.same(misc(whole(0x10)), { integrity })
  t.same(misc(whole(0x80)), { isProtected })
  t.same(misc(whole(0x40)), { zone })
  t.same(misc(whole(0x40, 1)), { zone: { bias: 485, name: 'Winter' } })
  t.end()
})

t.test('counters of memory, of both revisions', t => {
  const bytes = Buffer.alloc(152)
  bytes.writeUInt16LE(2, 0)
  bytes.writeUInt32LE(77, 4)
  bytes.writeBigUInt64LE(0x5000n, 8)
  bytes.writeBigUInt64LE(0x3000n, 16)
  for (const size of [80, 152])
    t.same(
      countersOf(
        openDump(sourceOf(dumpOf({ others: [[22, bytes.subarray(0, size)]] }))),
      ),
      { faults: 77, resident: 0x3000, peakResident: 0x5000 },
    )
  t.equal(
    countersOf(openDump(sourceOf(dumpOf({ misc: [1, 2, 3] })))),
    undefined,
  )
  t.end()
})
