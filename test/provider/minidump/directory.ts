import t from 'tap'
import { openDump, placeOf } from '../../../provider/minidump/directory.ts'
import { dumpOf, sample, sourceOf } from '../../fixtures/dump.ts'

const patched = (at: number, value: number, bytes = dumpOf(sample)): Buffer => {
  bytes.writeUInt32LE(value, at)
  return bytes
}

t.test('streams are found by the directory', t => {
  const { places } = openDump(sourceOf(dumpOf(sample)))
  t.same([...places.keys()].toSorted(), [
    'MemoryInfoList',
    'MemoryList',
    'MiscInfo',
    'ModuleList',
    'SystemInfo',
    'ThreadList',
  ])
  t.equal(places.get('MemoryInfoList')?.size, 16 + 48 * 11)
  t.end()
})

t.test('a stream that nobody knows is passed over', t => {
  const others = [[0x4767_0003, new Uint8Array(5)]] as const
  const { places } = openDump(sourceOf(dumpOf({ misc: [1, 2, 3], others })))
  t.same([...places.keys()], ['MiscInfo'])
  t.end()
})

t.test('the upper half of the version is the writer’s own', t => {
  t.ok(openDump(sourceOf(patched(4, 0x1234_a793))))
  t.end()
})

t.test('what is no dump, or only part of one, is refused', t => {
  const whole = dumpOf(sample)
  const table: readonly (readonly [string, Uint8Array, string, RegExp])[] = [
    ['empty', new Uint8Array(), 'EINVAL', /not a minidump/],
    ['three bytes', whole.subarray(0, 3), 'EINVAL', /not a minidump/],
    ['text', Buffer.from('hello, world\n'.repeat(9)), 'EINVAL', /no MDMP/],
    ['a kernel dump', Buffer.from('PAGEDU64'), 'EINVAL', /of the kernel/],
    ['half a header', whole.subarray(0, 31), 'EIO', /truncated within its h/],
    ['a version', patched(4, 0xa794), 'EINVAL', /version 0xa794/],
    ['half a directory', whole.subarray(0, 50), 'EIO', /directory cannot be/],
    ['a directory in the header', patched(12, 8), 'EIO', /bytes 8 to 80 of/],
    ['streams without end', patched(8, 0xffff_ffff), 'EIO', /directory cannot/],
    ['a stream in the header', patched(40, 31), 'EIO', /ThreadList cannot be/],
    ['a stream outside', patched(40, 0xffff_fff0), 'EIO', /ThreadList cannot/],
    ['an endless stream', patched(36, 0xffff_ffff), 'EIO', /ThreadList cannot/],
    ['a stream twice', patched(44, 3), 'EIO', /two ThreadList streams/],
    ['cut', whole.subarray(0, -1), 'EIO', /truncated: MemoryInfoList cannot/],
    [
      'too many streams',
      patched(8, 4097, Buffer.concat([whole, Buffer.alloc(60_000)])),
      'EFBIG',
      /4097 streams/,
    ],
  ]
  for (const [what, bytes, code, message] of table)
    t.throws(() => openDump(sourceOf(bytes)), { code, message }, what)
  t.end()
})

t.test('a stream that is missing is told with what records it', t => {
  const dump = openDump(sourceOf(dumpOf({ misc: [1, 2, 3] })))
  const table = [
    ['MemoryInfoList', /^x\.dmp: no MemoryInfoList stream \(16\), which Mini/],
    ['Memory64List', /\(9\), which MiniDumpWithFullMemory would have recorded/],
    ['ThreadList', /\(3\), which MiniDumpNormal would have recorded/],
  ] as const
  for (const [name, message] of table)
    t.throws(() => placeOf(dump, name, 0), { code: 'EIO', message }, name)
  t.throws(() => placeOf(dump, 'MiscInfo', 25), {
    code: 'EIO',
    message: /MiscInfo: 24 bytes, not even 25/,
  })
  t.equal(placeOf(dump, 'MiscInfo', 24).size, 24)
  t.end()
})
