import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import {
  modulesOf,
  namer,
  type Module,
} from '../../../provider/minidump/modules.ts'
import { dumpOf, sourceOf, type Dumped } from '../../fixtures/dump.ts'

const modules = (
  dumped: Dumped,
  change?: (bytes: Buffer) => void,
): Module[] => {
  const bytes = dumpOf(dumped)
  change?.(bytes)
  return modulesOf(openDump(sourceOf(bytes)))
}

const named = (...names: readonly string[]): Dumped => ({
  modules: names.map((name, at) => ({ base: at * 0x1000, size: 0x1000, name })),
})

t.test('modules are told in the order of the dump', t => {
  const list = [
    { base: 0x7ff7_0000_0000, size: 0x5000, name: 'C:\\a\\b.exe' },
    { base: 0x1_0000, size: 0xffff_f000, name: '\\\\server\\share\\ü.dll' },
  ]
  const expected = list.map(({ base, size, name }) => ({
    base,
    end: base + size,
    name,
  }))
  t.same(modules({ modules: list }), expected)
  t.same(modules({ modules: list, aligned: true }), expected, 'aligned to 8')
  t.end()
})

t.test('names are UTF-16, up to a NUL', t => {
  const table = [
    ['', ''],
    ['C:\\x.dll\0', 'C:\\x.dll'],
    ['\0', ''],
    ['\ufeffa', '\ufeffa'],
    ['a\u{1f600}b', 'a\u{1f600}b'],
    ['a\ud83db', 'a\ufffdb'],
    ['x'.repeat(0x7fff), 'x'.repeat(0x7fff)],
  ] as const
  for (const [name, printed] of table)
    t.equal(modules(named(name))[0]?.name, printed)
  t.end()
})

t.test('a name that two modules share is read once', t => {
  const share = (bytes: Buffer): void =>
    void bytes.copy(bytes, rva(bytes, 1), rva(bytes, 0), rva(bytes, 0) + 4)
  const rva = (bytes: Buffer, at: number): number =>
    bytes.readUInt32LE(40) + 4 + at * 108 + 20
  const long = 'x'.repeat(0x7000)
  t.same(
    modules(named(long, ''), share).map(({ name }) => name),
    [long, long],
  )
  t.end()
})

t.test('names and lists that cannot be are refused', t => {
  // the only stream: its entries lie after the names
  const entry = (bytes: Buffer): number => bytes.readUInt32LE(40) + 4
  const table: readonly (readonly [
    string,
    Dumped,
    (bytes: Buffer) => void,
    string,
    RegExp,
  ])[] = [
    [
      'a name outside',
      named('a'),
      bytes => bytes.writeUInt32LE(bytes.length - 3, entry(bytes) + 20),
      'EIO',
      /a name beyond its end/,
    ],
    [
      'a name that ends outside',
      named('abc'),
      bytes => bytes.writeUInt32LE(0x8000, 44),
      'EIO',
      /a name of 32768 bytes, at 44/,
    ],
    [
      'an endless name',
      named('abc'),
      bytes => bytes.writeUInt32LE(0xffff_fffe, 44),
      'EIO',
      /a name of 4294967294 bytes/,
    ],
    [
      'half a character',
      named('abc'),
      bytes => bytes.writeUInt32LE(5, 44),
      'EIO',
      /a name of 5 bytes/,
    ],
    [
      'names in names',
      named('\u0800\0'.repeat(0x900), ...'abcdefg'),
      bytes => {
        for (let at = 0; at < 8; at++)
          bytes.writeUInt32LE(48 + at * 4, entry(bytes) + at * 108 + 20)
      },
      'EIO',
      /names that overlap each other/,
    ],
    [
      'more entries than bytes',
      named('a'),
      bytes => bytes.writeUInt32LE(0xffff_ffff, entry(bytes) - 4),
      'EIO',
      /4294967295 entries of 108 bytes are more than its 108 bytes/,
    ],
    [
      'no room for a number',
      { others: [[4, new Uint8Array(3)]] },
      () => undefined,
      'EIO',
      /ModuleList: 3 bytes, not even 4/,
    ],
    [
      'too many',
      { others: [[4, new Uint8Array(4 + 0x1_0001 * 108)]] },
      bytes => bytes.writeUInt32LE(0x1_0001, 44),
      'EFBIG',
      /65537 entries, more than 65536/,
    ],
  ]
  for (const [what, dumped, change, code, message] of table)
    t.throws(() => modules(dumped, change), { code, message }, what)
  t.end()
})

t.test('names of more bytes than are borne are EFBIG', t => {
  const count = 1025
  const list = Buffer.alloc(4 + count * 108)
  const bytes = dumpOf({ others: [[4, list]] })
  bytes.writeUInt32LE(count, 44)
  for (let at = 0; at < count; at++)
    bytes.writeUInt32LE(bytes.length + at * 0x1_0004, 48 + at * 108 + 20)
  const head = sourceOf(bytes)
  const dump = openDump({
    ...head,
    size: bytes.length + count * 0x1_0004,
    load: (into, at) => {
      if (at < bytes.length) head.load(into, at)
      else if (into.length === 4) into.set([0xfe, 0xff, 0, 0])
    },
  })
  t.throws(() => modulesOf(dump), {
    code: 'EFBIG',
    message: /names of more than 67108864 bytes/,
  })
  t.end()
})

t.test('an address is named by the module that covers it', t => {
  const nameAt = namer([
    { base: 0x5000, end: 0x7000, name: 'second' },
    { base: 0x1000, end: 0x3000, name: 'first' },
    { base: 0x5000, end: 0x9000, name: 'again' },
    { base: 0x6000, end: 0x6800, name: 'inner' },
  ])
  const table = [
    [0x0, ''],
    [0xfff, ''],
    [0x1000, 'first'],
    [0x2fff, 'first'],
    [0x3000, ''],
    [0x5000, 'second'],
    [0x6000, 'inner'],
    [0x6800, ''],
    [2 ** 63, ''],
  ] as const
  for (const [address, name] of table)
    t.equal(nameAt(address), name, address.toString(16))
  t.equal(namer([])(0), '')
  t.end()
})
