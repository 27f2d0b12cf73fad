import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import { ownSpansOf } from '../../../provider/minidump/ownspans.ts'
import { regionsOf } from '../../../provider/minidump/regions.ts'
import {
  dumpOf,
  long,
  sourceOf,
  words,
  type DumpedRegion,
  type Made,
} from '../../fixtures/dump.ts'

const regions: DumpedRegion[] = [[0x1000, 0x1000, 0x1000, 0x1000, 4, 0x2_0000]]

const told = (own: Made | Uint8Array) => [
  ...regionsOf(
    openDump(sourceOf(dumpOf({ regions, others: [[0x5750_0001, own]] }))),
    () => 'of a module',
  ),
]

const entry = (access: number, name: number, has = 0): Buffer =>
  Buffer.concat([long(0x7000), long(9), words(8, 1, access, has, name, 0)])

const head = (count: number, stride = 40): Buffer =>
  Buffer.concat([words(16, stride), long(count)])

const utf8 = (text: string): Buffer =>
  Buffer.concat([words(Buffer.byteLength(text)), Buffer.from(text)])

t.test('what completes a region is of the same place in its list', t => {
  const one =
    (has: number): Made =>
    put =>
      Buffer.concat([head(1), entry(5, put(utf8('/ä')), has)])
  const common = {
    start: 0x1000,
    end: 0x2000,
    base: 0x1000,
    state: 'commit',
    type: 'private',
    access: 5,
    name: '/ä',
  }
  t.same(told(one(0)), [common])
  t.same(told(one(1)), [{ ...common, offset: 0x7000 }])
  t.same(told(one(2)), [{ ...common, major: 8, minor: 1, inode: 9n }])
  t.end()
})

t.test('what cannot be is refused', t => {
  const table: readonly (readonly [Made | Uint8Array, string, RegExp])[] = [
    [new Uint8Array(8), 'EIO', /OwnRegions: 8 bytes, not even 16/],
    [head(0), 'EIO', /OwnRegions: 0 of 1 regions/],
    [head(1), 'EIO', /1 entries of 40 bytes/],
    [head(1, 39), 'EIO', /SizeOfEntry 39/],
    [
      Buffer.concat([head(2), entry(0, 0), entry(0, 0)]),
      'EFBIG',
      /2 entries, more than 1/,
    ],
    [Buffer.concat([head(1), entry(32, 0)]), 'EIO', /an access of 32/],
    [
      Buffer.concat([head(1), entry(0, 0xffff_ffff)]),
      'EIO',
      /a name beyond its end/,
    ],
    [Buffer.concat([head(1), entry(0, 1)]), 'EIO', /a name of \d+ bytes/],
  ]
  for (const [own, code, message] of table)
    t.throws(() => told(own), { code, message }, String(message))
  t.end()
})

t.test('spans are told as they were found', t => {
  const spansOf = (own: Made | Uint8Array) =>
    ownSpansOf(openDump(sourceOf(dumpOf({ others: [[0x5750_0002, own]] }))))
  t.same(
    spansOf(put => {
      const kind = put(utf8('teb'))
      return Buffer.concat([
        head(2, 32),
        long(0x1000),
        long(0x2000),
        words(7, 1, kind, 0),
        long(0x3000),
        long(0x1000),
        words(0, 0, kind, put(utf8('a b'))),
      ])
    }),
    [
      { start: 0x1000, end: 0x2000, kind: 'teb', id: 7 },
      { start: 0x3000, end: 0x1000, kind: 'teb', words: ['a', 'b'] },
    ],
    'sane or not: who prints them looks',
  )
  t.throws(() => spansOf(head(1, 32)), { code: 'EIO' })
  t.end()
})
