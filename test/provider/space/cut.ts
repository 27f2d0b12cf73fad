import t from 'tap'
import type { Region, Span } from '../../../provider/contract.ts'
import { cut, cutsOf } from '../../../provider/space/cut.ts'
import { space } from '../../../provider/space/space.ts'
import { allocation, region } from '../../fixtures/regions.ts'
import { processOf } from '../../rig/document.ts'

const spans: readonly Span[] = [
  { kind: 'teb', start: 0x14000, end: 0x16000, id: 2 },
  { kind: 'peb', start: 0x11000, end: 0x12000 },
  { kind: 'stack', start: 0x13000, end: 0x17000, id: 2 },
  { kind: 'teb', start: 0x12000, end: 0x14000, id: 1 },
  { kind: 'peb32', start: 0x18001, end: 0x18003 },
]

t.test('cuts are where PEBs and TEBs begin and end, page by page', t => {
  t.same(cutsOf(spans), [0x11000, 0x12000, 0x14000, 0x16000])
  t.same(cutsOf([]), [])
  t.end()
})

t.test('a region is cut where a cut goes through it', t => {
  const table: readonly (readonly [number[], number[]])[] = [
    [[], [0x10000, 0x20000]],
    [
      [0, 0xf000],
      [0x10000, 0x20000],
    ],
    [[0x10000], [0x10000, 0x20000]],
    [[0x11000], [0x10000, 0x11000, 0x20000]],
    [
      [0x1000, 0x10000, 0x11000, 0x12000, 0x1f000, 0x20000, 0x21000, 0x30000],
      [0x10000, 0x11000, 0x12000, 0x1f000, 0x20000, 0x21000],
    ],
    [[0x20000], [0x10000, 0x20000]],
    [[0x30000], [0x10000, 0x20000]],
  ]
  const regions = [
    region(0x10000, 0x20000),
    region(0x20000, 0x28000, { base: 0x10000 }),
  ]
  for (const [cuts, starts] of table) {
    const pieces = [...cut(regions, cuts)]
    t.same(
      pieces.map(({ start }) => start),
      starts,
    )
    t.same(
      pieces.map(({ end }) => end),
      [...starts.slice(1), 0x28000],
    )
    t.ok(pieces.every(({ base }) => base === 0x10000))
  }
  t.end()
})

t.test('what no cut goes through comes out as it is', t => {
  const regions = [region(0x1000, 0x3000), region(0x5000, 0x6000)]
  const [first, second] = [...cut(regions, [0x4000])]
  t.equal(first, regions[0])
  t.equal(second, regions[1])
  t.end()
})

t.test('an offset is that of its piece', t => {
  const [first, second] = [
    ...cut([region(0x1000, 0x4000, { offset: 0x700000 })], [0x2000]),
  ]
  t.equal(first?.offset, 0x700000)
  t.equal(second?.offset, 0x701000)
  t.end()
})

t.test('PEB and TEBs stand apart in the allocation that they share', t => {
  const regions = allocation(0x10000, [
    [0x8000, 'rw'],
    [0x8000, 'reserve'],
  ])
  const process = processOf({ regions, spans: spans.slice(0, 4) })
  const characters = ({ state }: Region): string => state
  t.same(
    [...space(process, 'linux', characters)].map(({ start, name }) => [
      start,
      name ?? '',
    ]),
    [
      [0x10000, ''],
      [0x11000, '[peb]'],
      [0x12000, '[teb:1]'],
      [0x14000, '[teb:2]'],
      // the last one overlaps the stack, too
      [0x16000, '[stack:2]'],
      [0x18000, ''],
    ],
  )
  t.end()
})
