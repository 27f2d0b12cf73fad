import t from 'tap'
import type { Region } from '../../../provider/contract.ts'
import { openDump } from '../../../provider/minidump/directory.ts'
import { regionsOf } from '../../../provider/minidump/regions.ts'
import {
  dumpOf,
  sample,
  sourceOf,
  type Dumped,
  type DumpedRegion,
} from '../../fixtures/dump.ts'
import { access, region } from '../../fixtures/regions.ts'

const nameless = (): string => ''

const regions = (
  dumped: Dumped,
  change?: (bytes: Buffer) => void,
): Region[] => {
  const bytes = dumpOf(dumped)
  change?.(bytes)
  return [...regionsOf(openDump(sourceOf(bytes)), nameless)]
}

t.test('what VirtualQuery told is told as regions', t => {
  const free = { state: 'free', access: 0 } as const
  const image = { base: 0x40_0000, type: 'image', name: 'at 400000' } as const
  const nameOf = (base: number): string =>
    base === 0x40_0000 ? `at ${base.toString(16)}` : ''
  t.same(
    [...regionsOf(openDump(sourceOf(dumpOf(sample))), nameOf)],
    [
      region(0, 0x2_0000, free),
      region(0x2_0000, 0x2_e000, { state: 'reserve', access: 0 }),
      region(0x2_e000, 0x2_f000, { base: 0x2_0000, access: access('rwg') }),
      region(0x2_f000, 0x3_0000, { base: 0x2_0000 }),
      region(0x3_0000, 0x4_0000),
      region(0x4_0000, 0x40_0000, free),
      region(0x40_0000, 0x40_1000, { ...image, access: access('r') }),
      region(0x40_1000, 0x40_2000, { ...image, access: access('rx') }),
      region(0x40_2000, 0x40_3000, { ...image, access: access('rc') }),
      region(0x50_0000, 0x50_2000, { type: 'mapped' }),
      region(0x7ff8_0000_0000, 0x7ff8_0000_2000, {
        type: 'image',
        access: access('rcx'),
      }),
    ],
  )
  t.end()
})

const one = (
  ...[base, size, allocation, state, protect, type]: DumpedRegion
): Dumped => ({ regions: [[base, size, allocation, state, protect, type]] })

const usual = one(0x1000, 0x1000, 0x1000, 0x1000, 4, 0x2_0000)

t.test('the list tells the sizes of its header and of its entries', t => {
  for (const shape of [
    [16, 48],
    [24, 48],
    [16, 56],
    [64, 4096],
    [16, 0x2_0000],
  ] as const)
    t.same(
      regions({ regions: sample.regions ?? [], shape }),
      regions({ regions: sample.regions ?? [] }),
      shape.join(),
    )
  t.end()
})

t.test('no region is held in memory', t => {
  const many = Array.from({ length: 5000 }, (_, at): DumpedRegion => [
    at * 0x2000,
    0x1000,
    at * 0x2000,
    0x1000,
    4,
    0x2_0000,
  ])
  const source = sourceOf(dumpOf({ regions: many }))
  const walk = regionsOf(openDump(source), nameless)
  const before = source.loaded
  t.equal(walk.next().value?.start, 0)
  t.ok(source.loaded - before <= 0x1_0100, 'the first takes one chunk')
  let count = 1
  for (const { start } of walk) t.equal(start, count++ * 0x2000)
  t.equal(count, 5000)
  t.end()
})

t.test('a list without entries is an empty space', t => {
  t.same(regions({ regions: [] }), [])
  t.end()
})

t.test('the last page of 64 bits is a region', t => {
  const last = 2 ** 64 - 4096
  const free = one(last, 0x1000, 0, 0x1_0000, 1, 0)
  t.same(
    regions(free).map(({ start, end }) => [start, end]),
    [[last, 2 ** 64]],
  )
  t.end()
})

t.test('what cannot be a region is EIO, with its address', t => {
  const table: readonly (readonly [string, Dumped, RegExp])[] = [
    [
      'overlap',
      {
        regions: [
          [0x1000, 0x2000, 0x1000, 0x1000, 4, 0x2_0000],
          [0x2000, 0x1000, 0x2000, 0x1000, 4, 0x2_0000],
        ],
      },
      /0x2000 lies before 0x3000/,
    ],
    ['odd start', one(0x1001, 0x1000, 0x1000, 0x1000, 4, 0x2_0000), /0x1001 /],
    ['odd size', one(0x1000, 0x1fff, 0x1000, 0x1000, 4, 0x2_0000), /8191 byte/],
    ['no size', one(0x1000, 0, 0x1000, 0x1000, 4, 0x2_0000), /of 0 bytes/],
    [
      'beyond 2^64',
      one(2 ** 64 - 4096, 0x2000, 0, 0x1_0000, 1, 0),
      /of 8192 bytes/,
    ],
    ['state', one(0x1000, 0x1000, 0x1000, 0x3000, 4, 0x2_0000), /State of 122/],
    [
      'type',
      one(0x1000, 0x1000, 0x1000, 0x1000, 4, 0),
      /0x1000 has a Type of 0/,
    ],
    [
      'protect',
      one(0x1000, 0x1000, 0x1000, 0x1000, 6, 0x2_0000),
      /Protect of 6/,
    ],
    [
      'base',
      one(0x1000, 0x1000, 0x2000, 0x1000, 4, 0x2_0000),
      /Base of 0x2000/,
    ],
    ['odd base', one(0x1000, 0x1000, 8, 0x1000, 4, 0x2_0000), /Base of 0x8/],
    ['none', {}, /no MemoryInfoList stream.*MiniDumpWithFullMemoryInfo/],
    ['short', { others: [[16, new Uint8Array(15)]] }, /15 bytes, not even 16/],
  ]
  for (const [what, dumped, message] of table)
    t.throws(() => regions(dumped), { code: 'EIO', message }, what)
  t.end()
})

t.test('a list whose sizes contradict each other is refused', t => {
  // the only stream, right after the directory
  const at = 44
  const table: readonly (readonly [string, (bytes: Buffer) => void, RegExp])[] =
    [
      ['header', bytes => bytes.writeUInt32LE(15, at), /SizeOfHeader 15/],
      ['long header', bytes => bytes.writeUInt32LE(65, at), /SizeOfHeader 65/],
      ['entry', bytes => bytes.writeUInt32LE(47, at + 4), /SizeOfEntry 47/],
      [
        'long entry',
        bytes => bytes.writeUInt32LE(49, at + 4),
        /1 entries of 49/,
      ],
      ['entries', bytes => bytes.writeUInt32LE(2, at + 8), /2 entries of 48/],
      [
        'endless',
        bytes => bytes.writeUInt32LE(0x8000_0000, at + 12),
        /922337203685\d+ entries of 48/,
      ],
    ]
  for (const [what, change, message] of table)
    t.throws(() => regions(usual, change), { code: 'EIO', message }, what)
  t.end()
})

t.test('more regions than are borne is EFBIG', t => {
  const size = 16 + 48 * 0x40_0001
  const head = new Uint8Array(16 + 32 + 12)
  const bytes = Buffer.from(head.buffer)
  bytes.set(dumpOf(usual).subarray(0, 60))
  bytes.writeUInt32LE(size, 36)
  bytes.writeUInt32LE(0x40_0001, 52)
  const source = { ...sourceOf(bytes), size: 44 + size }
  t.throws(() => [...regionsOf(openDump(source), nameless)], {
    code: 'EFBIG',
    message: /4194305 entries, more than 4194304/,
  })
  t.end()
})
