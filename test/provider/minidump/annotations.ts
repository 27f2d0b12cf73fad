import t from 'tap'
import {
  annotationsOf,
  assertionOf,
  breakpadOf,
} from '../../../provider/minidump/annotations.ts'
import { openDump } from '../../../provider/minidump/directory.ts'
import { dumpOf, sourceOf, words, type Made } from '../../fixtures/dump.ts'

const dumped = (type: number, stream: Uint8Array | Made) =>
  openDump(sourceOf(dumpOf({ others: [[type, stream]] })))

const none = openDump(sourceOf(dumpOf({ misc: [1, 2, 3] })))

const utf8 = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  return Buffer.concat([words(bytes.length), bytes, Buffer.alloc(1)])
}

const crashpad =
  (version: number, change?: (list: Buffer) => void, size?: number): Made =>
  put => {
    const entries = [
      ['prod', 'App'],
      ['ver', '1.0 ü'],
    ].flatMap(pair => pair.map(text => put(utf8(text))))
    const list = words(2, ...entries)
    change?.(list)
    const info = Buffer.alloc(0x34)
    info.writeUInt32LE(version, 0)
    info.writeUInt32LE(size ?? list.length, 0x24)
    info.writeUInt32LE(put(list), 0x28)
    return info
  }

t.test('what a program told Crashpad', t => {
  t.same(annotationsOf(dumped(0x4350_0001, crashpad(1))), [
    ['prod', 'App'],
    ['ver', '1.0 ü'],
  ])
  t.same(annotationsOf(dumped(0x4350_0001, crashpad(2))), [], 'of no version')
  t.same(annotationsOf(dumped(0x4350_0001, crashpad(1, undefined, 0))), [])
  t.same(annotationsOf(none), [])
  t.end()
})

t.test('annotations that cannot be are refused', t => {
  const table: readonly (readonly [Made | Buffer, RegExp])[] = [
    [Buffer.alloc(0x33), /CrashpadInfo: 51 bytes, not even 52/],
    [crashpad(1, undefined, 0xffff_fff0), /no annotations at/],
    [crashpad(1, list => list.writeUInt32LE(3, 0)), /3 entries of 8 bytes/],
    [
      crashpad(1, list => list.writeUInt32LE(0xffff_fff0, 4)),
      /a name beyond its end, at 42/,
    ],
    [
      crashpad(1, list => list.writeUInt32LE(0, 8)),
      /a name of \d+ bytes, at 0/,
    ],
  ]
  for (const [stream, message] of table)
    t.throws(() => annotationsOf(dumped(0x4350_0001, stream)), {
      code: 'EIO',
      message,
    })
  t.end()
})

t.test('threads that Breakpad names', t => {
  const of = (validity: number) =>
    breakpadOf(dumped(0x4767_0001, words(validity, 8, 12)))
  t.same(of(3), { dumper: 8, requester: 12 })
  t.same(of(1), { dumper: 8 })
  t.same(of(2), { requester: 12 })
  t.same(of(0), {})
  t.same(breakpadOf(none), {})
  t.end()
})

t.test('an assertion of the C runtime', t => {
  const bytes = Buffer.alloc(776)
  bytes.write('x != 0', 0, 'utf16le')
  bytes.write('work', 0x100, 'utf16le')
  bytes.write('a.c'.padEnd(128, '!'), 0x200, 'utf16le')
  bytes.writeUInt32LE(77, 0x300)
  bytes.writeUInt32LE(2, 0x304)
  t.same(assertionOf(dumped(0x4767_0002, bytes)), {
    type: 'pure virtual call',
    expression: 'x != 0',
    function: 'work',
    file: 'a.c'.padEnd(128, '!'),
    line: 77,
  })
  bytes.writeUInt32LE(9, 0x304)
  t.equal(assertionOf(dumped(0x4767_0002, bytes))?.type, '')
  t.equal(assertionOf(none), undefined)
  t.end()
})
