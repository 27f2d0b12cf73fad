import t from 'tap'
import type { Span } from '../../../provider/contract.ts'
import { clipped } from '../../../provider/space/clip.ts'
import { allocation, withFree } from '../../fixtures/regions.ts'

const regions = withFree([
  ...allocation(0x10000, [
    [0x1000, 'rw'],
    [0x1000, 'reserve'],
  ]),
  ...allocation(0x12000, [[0x1000, 'rw']]),
  ...allocation(0x20000, [[0x1000, 'rw']]),
])

const heap = (start: number, end: number): Span => ({
  kind: 'win heap',
  start,
  end,
  id: 3,
  words: ['grow'],
})

t.test('a span ends where the allocation that it begins in does', t => {
  const table: readonly (readonly [number, number, number | undefined])[] = [
    [0x10000, 0x11000, 0x11000],
    [0x10000, 0x12000, 0x12000],
    [0x10000, 0x12001, 0x12000],
    [0x11800, 0x30000, 0x12000],
    [0x12000, 2 ** 64, 0x13000],
    [0x20000, 0x20001, 0x20001],
    [0x13000, 0x21000, undefined],
    [0, 0x21000, undefined],
    [0x21000, 0x22000, undefined],
  ]
  for (const [start, end, clip] of table)
    t.same(
      clipped([heap(start, end)], regions),
      clip === undefined ? [] : [heap(start, clip)],
      `${start} to ${end}`,
    )
  t.end()
})

t.test('what needs no clip comes out as it is', t => {
  const spans = [heap(0x10000, 0x12000), heap(0x20000, 0x21000)]
  const out = clipped(spans, regions)
  t.equal(out[0], spans[0])
  t.equal(out[1], spans[1])
  t.same(clipped([], regions), [])
  t.end()
})

t.test('an arena of Linux is of several VMAs, and is not clipped', t => {
  const arena = { kind: 'arena', start: 0x10000, end: 0x30000, id: 1 }
  t.same(clipped([arena], regions), [arena])
  t.end()
})
