import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import { MaxRead, Memory } from '../../../provider/minidump/memory.ts'
import { rangesOf } from '../../../provider/minidump/ranges.ts'
import { dumpOf, sourceOf, type Dumped } from '../../fixtures/dump.ts'
import { bytesAt, type Patch } from '../../fixtures/memory.ts'
import { randomOf } from '../../rig/random.ts'

const memoryOf = (dumped: Dumped, change?: (bytes: Buffer) => void): Memory => {
  const bytes = dumpOf(dumped)
  change?.(bytes)
  const dump = openDump(sourceOf(bytes))
  return new Memory(dump.source, rangesOf(dump))
}

const patch = (at: number, ...bytes: readonly number[]): Patch => ({
  at,
  bytes: Uint8Array.from(bytes),
})

const two: readonly Patch[] = [
  patch(0x7fff_ffff_0000, 7, 8),
  patch(0x1000, 1, 2, 3, 4),
  patch(0x1004, 5, 6),
]

t.test('what is held of a run is counted', t => {
  const memory = memoryOf({ memory: two })
  const table: readonly (readonly [number, number, number])[] = [
    [0, 2 ** 48, 8],
    [0x1000, 0x1006, 6],
    [0x1000, 0x1001, 1],
    [0x1003, 0x1005, 2],
    [0x1006, 0x2000, 0],
    [0, 0x1000, 0],
    [0x1005, 0x7fff_ffff_0001, 2],
    [0x7fff_ffff_0002, 2 ** 48, 0],
  ]
  for (const [start, end, held] of table)
    t.equal(memory.held(start, end), held, `${start} to ${end}`)
  t.equal(memoryOf({}).held(0, 2 ** 48), 0)
  t.end()
})

t.test('bytes are read up to the first that is not there', t => {
  const table: readonly (readonly [number, number, readonly number[]])[] = [
    [0x1000, 2, [1, 2]],
    [0x1002, 2, [3, 4]],
    [0x1002, 100, [3, 4, 5, 6]],
    [0x1003, 2, [4, 5]],
    [0x1004, MaxRead, [5, 6]],
    [0x1005, 1, [6]],
    [0x1006, 1, []],
    [0xfff, 2, []],
    [0, 0x2000, []],
    [0x1000, 0, []],
    [0x7fff_ffff_0001, 4096, [8]],
    [2 ** 63, 16, []],
  ]
  const lists = { memory: { memory: two }, memory64: { memory64: two } }
  for (const [list, dumped] of Object.entries(lists)) {
    const memory = memoryOf(dumped)
    t.equal(memory.count, 3)
    for (const [address, length, expected] of table)
      t.same(
        [...memory.read(address, length)],
        expected,
        `${list}: ${length} bytes at ${address.toString(16)}`,
      )
  }
  t.end()
})

t.test('stacks are memory, too, wherever they are', t => {
  const thread = (stack?: Patch) => ({ tid: 8, ...(stack && { stack }) })
  const memory = memoryOf({
    threads: [thread(patch(0x2000, 9, 9)), thread()],
    memory: two,
  })
  t.same([...memory.read(0x2000, 8)], [9, 9])
  t.same([...memory.read(0x1000, 8)], [1, 2, 3, 4, 5, 6])
  t.end()
})

t.test('a dump without memory is one hole', t => {
  const memory = memoryOf({ misc: [1, 2, 3] })
  t.equal(memory.count, 0)
  t.same(memory.read(0, 4096), new Uint8Array())
  t.end()
})

t.test('of ranges that overlap the one that starts first is read', t => {
  const table: readonly (readonly [readonly Patch[], string])[] = [
    [[patch(0, 1, 1, 1), patch(1, 2, 2, 2)], '1112'],
    [[patch(1, 2, 2, 2), patch(0, 1, 1, 1)], '1112'],
    [[patch(0, 1, 1, 1, 1), patch(1, 2, 2)], '1111'],
    [[patch(0, 1, 1), patch(0, 2, 2, 2)], '112'],
    [[patch(0, 1, 1), patch(0, 1, 1)], '11'],
    [[patch(0), patch(0, 1)], '1'],
  ]
  for (const [ranges, expected] of table) {
    const told = memoryOf({ memory: ranges }).read(0, 16)
    t.equal(told.join(''), expected)
  }
  t.end()
})

t.test('many ranges are read as a plain search finds them', t => {
  const random = randomOf(7)
  let at = 0
  const ranges = Array.from({ length: 200 }, () => {
    at += random(2) * 8
    const next = patch(at, ...Array.from({ length: 8 }, () => random(256)))
    at += 8
    return next
  })
  const shuffled = ranges.toSorted((a, b) => (a.at % 7) - (b.at % 7))
  const memory = memoryOf({ memory64: shuffled })
  for (let reads = 0; reads < 2000; reads++) {
    const address = random(at + 20)
    const length = random(60)
    t.same(
      [...memory.read(address, length)],
      [...bytesAt(ranges, address, length)],
    )
  }
  t.end()
})

t.test('what is no address or length is EINVAL, too much EFBIG', t => {
  const memory = memoryOf({ memory: two })
  const table: readonly (readonly [number, number, string])[] = [
    [-1, 1, 'EINVAL'],
    [0.5, 1, 'EINVAL'],
    [Number.NaN, 1, 'EINVAL'],
    [0, -1, 'EINVAL'],
    [0, Number.POSITIVE_INFINITY, 'EINVAL'],
    [0x1000, MaxRead + 1, 'EFBIG'],
  ]
  for (const [address, length, code] of table)
    t.throws(() => memory.read(address, length), { code })
  t.end()
})

t.test('ranges that cannot be are refused', t => {
  // the only stream: its entries lie after the bytes
  const list = (bytes: Buffer): number => bytes.readUInt32LE(40)
  const table: readonly (readonly [
    string,
    Dumped,
    (bytes: Buffer) => void,
    string,
    RegExp,
  ])[] = [
    [
      'bytes outside',
      { memory: two },
      bytes => bytes.writeUInt32LE(bytes.length - 1, list(bytes) + 16),
      'EIO',
      /truncated: MemoryList: the 2 bytes of 0x7fffffff0000 cannot be at/,
    ],
    [
      'endless bytes',
      { memory: two },
      bytes => bytes.writeUInt32LE(0xffff_ffff, list(bytes) + 12),
      'EIO',
      /truncated: MemoryList: the 4294967295 bytes/,
    ],
    [
      'beyond 2^53',
      { memory: two },
      bytes => bytes.writeUInt32LE(0x20_0000, list(bytes) + 8),
      'EIO',
      /lie beyond 2\^53/,
    ],
    [
      'bytes of a stack outside',
      { threads: [{ tid: 4, stack: patch(0x1000, 1, 2) }] },
      bytes => bytes.writeUInt32LE(bytes.length, list(bytes) + 4 + 36),
      'EIO',
      /truncated: ThreadList: the 2 bytes of 0x1000/,
    ],
    [
      'a first byte outside',
      { memory64: two },
      bytes => bytes.writeUInt32LE(1, list(bytes) + 12),
      'EIO',
      /truncated: Memory64List: the 2 bytes/,
    ],
    [
      'sizes that add up to too much',
      { memory64: two },
      bytes => bytes.writeUInt32LE(100, list(bytes) + 16 + 24),
      'EIO',
      /truncated: Memory64List: the 100 bytes of 0x1000/,
    ],
    [
      'sizes without end',
      { memory64: two },
      bytes => bytes.fill(0xff, list(bytes) + 24, list(bytes) + 32),
      'EIO',
      /truncated: Memory64List/,
    ],
    [
      'more than there are',
      { memory64: two },
      bytes => bytes.writeUInt32LE(4, list(bytes)),
      'EIO',
      /4 entries of 16 bytes are more than its 48 bytes/,
    ],
    [
      'too many',
      { others: [[9, new Uint8Array(16 + 16 * 0x10_0001)]] },
      bytes => bytes.writeUInt32LE(0x10_0001, list(bytes)),
      'EFBIG',
      /1048577 entries, more than 1048576/,
    ],
  ]
  for (const [what, dumped, change, code, message] of table)
    t.throws(() => memoryOf(dumped, change), { code, message }, what)
  t.end()
})
