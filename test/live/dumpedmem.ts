/** The memory of dumps, by its addresses, beside what obj2yaml reads there. */
import { spawnSync } from 'node:child_process'
import { openSync, readSync, closeSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { Want } from '../../fs/attr.ts'
import type { Filesystem } from '../../fs/filesystem.ts'
import { walk } from '../../fs/lookup.ts'
import { caller, openInline } from '../../src/inline.ts'
import { dumpOf, sample } from '../fixtures/dump.ts'
import { ofRealDumps, realDumps } from '../rig/dumps.ts'
import { missing, noFile, noLinux, noProgram, noRoot } from '../rig/need.ts'
import { outcomeOf } from '../rig/outcome.ts'
import { serve } from '../rig/server.ts'

interface Range {
  readonly at: bigint
  readonly bytes: Buffer
}

/** The ranges of MemoryList, which LLVM 14 tells with their bytes. */
const rangesOf = (file: string): Range[] => {
  const { stdout, status } = spawnSync('obj2yaml', [file], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(`${file}: obj2yaml: ${status}`)
  const [, list = ''] =
    /^ *- Type: +MemoryList\n((?:(?! *- Type:).*\n)*)/m.exec(stdout) ?? []
  const entry = /Start of Memory Range: (0x\w+)\n +Content: +'?(\w+)/g
  return [...list.matchAll(entry)].map(([, at = '', bytes = '']) => ({
    at: BigInt(at),
    bytes: Buffer.from(bytes, 'hex'),
  }))
}

const memoryOf = (filesystem: Filesystem) => {
  const { system } = filesystem
  const node = walk(system, `proc/${system.pids()[0]}/mem`)
  const file = filesystem.open(node, Want.read, caller)
  return (offset: bigint, size: number): Buffer | string =>
    outcomeOf(() =>
      Buffer.from(file.read({ id: 0n, offset, size }) ?? new Uint8Array()),
    )
}

/** Reads each range of a dump, and where there is none; how many there are. */
const compared = async (
  file: string,
  ranges = rangesOf(file),
): Promise<number> => {
  const provider = pathToFileURL(file).href
  const source = { provider, options: { spans: false } }
  const view = { dialect: 'linux', paths: 'mixed' } as const
  const filesystem = await openInline(source, view)
  const read = memoryOf(filesystem)
  const held = (at: bigint): boolean =>
    ranges.some(
      ({ at: from, bytes }) => at >= from && at < from + BigInt(bytes.length),
    )
  for (const { at, bytes } of ranges) {
    const { length } = bytes
    const end = at + BigInt(length)
    const all = read(at, length)
    t.ok(Buffer.isBuffer(all) && all.equals(bytes), `${file} at ${at}`)
    const middle = length >> 1
    t.same(read(at + BigInt(middle), 1), bytes.subarray(middle, middle + 1))
    // what begins at the end of a range is another one, or is not recorded
    if (!held(end)) {
      t.same(read(end - 1n, 4096), bytes.subarray(-1), 'a short read')
      t.equal(read(end, 16), 'EIO')
    }
    if (!held(at - 1n)) t.equal(read(at - 1n, 16), 'EIO')
  }
  for (const at of [0n, 2n ** 63n, 2n ** 64n - 1n]) t.equal(read(at, 8), 'EIO')
  filesystem.system.close?.()
  return ranges.length
}

const at = 0x1_2345_6000
const bytes = Buffer.from('what was there'.repeat(1000))
const folder = t.testdir({
  'list.dmp': dumpOf({
    ...sample,
    memory: [
      { at, bytes },
      { at: at + bytes.length + 1, bytes },
    ],
  }),
  'list64.dmp': dumpOf({ ...sample, memory64: [{ at, bytes }] }),
})

t.test('memory that the test made', async t => {
  const stacks = sample.threads?.flatMap(({ stack }) => stack ?? []) ?? []
  for (const [name, starts] of [
    ['list.dmp', [at, at + bytes.length + 1]],
    ['list64.dmp', [at]],
  ] as const) {
    const patches = [
      ...(name === 'list64.dmp' ? (sample.memory ?? []) : []),
      ...starts.map(at => ({ at, bytes })),
      ...stacks,
    ]
    const ranges = patches.map(({ at, bytes }) => ({
      at: BigInt(at),
      bytes: Buffer.from(bytes),
    }))
    t.equal(await compared(join(folder, name), ranges), patches.length)
  }
})

const needs = missing(noProgram('obj2yaml'))

t.test(
  'memory of real dumps',
  { skip: ofRealDumps.skip || needs.skip },
  async t => {
    let count = 0
    for (const file of realDumps) count += await compared(file)
    t.ok(count > 200, `${count} ranges`)
  },
)

t.test(
  'memory of a mounted dump',
  missing(noLinux, noRoot, noFile('/dev/fuse')),
  async t => {
    for (const name of ['list.dmp', 'list64.dmp']) {
      const provider = join(folder, name)
      const { proc } = await serve(t, { host: 'fuse', provider })
      const fd = openSync(`${proc}/4242/mem`, 'r')
      const pread = (position: number, length: number): Buffer | string => {
        const into = Buffer.alloc(length)
        return outcomeOf(() =>
          into.subarray(0, readSync(fd, into, 0, length, position)),
        )
      }
      t.same(pread(at, bytes.length), bytes)
      t.same(pread(at + bytes.length - 3, 100), Buffer.from('ere'))
      for (const hole of [0, at - 1, at + bytes.length, 2 ** 52])
        t.equal(pread(hole, 16), 'EIO')
      closeSync(fd)
      t.throws(() => writeFileSync(`${proc}/4242/mem`, 'x'), { code: 'EINVAL' })
    }
  },
)
