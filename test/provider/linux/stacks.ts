import t from 'tap'
import { Access, type Region } from '../../../provider/contract.ts'
import { findStacks, stackPointer } from '../../../provider/linux/stacks.ts'

const pointers: readonly (readonly [string, number | undefined])[] = [
  [
    '0 0x3 0x7f17 0x20000 0x7f1 0xffffffff 0x0 0x7fff25ac5cb8 0x7f17598822ad\n',
    0x7fff25ac5cb8,
  ],
  ['-1 0x7fff25ac5cb8 0x7f17598822ad\n', 0x7fff25ac5cb8],
  ['-1 0x0 0x0\n', 0],
  ['running\n', undefined],
  ['', undefined],
  ['\n', undefined],
  ['-1 7fff25ac5cb8 0x7f17598822ad\n', undefined],
  ['-1 0x7fff25ac5cb8ffff00000 0x7f17598822ad\n', undefined],
]
for (const [text, pointer] of pointers)
  t.test(`${JSON.stringify(text)} tells ${pointer}`, async t => {
    t.equal(stackPointer(text), pointer)
  })

const region = (
  start: number,
  end: number,
  more: Partial<Region> = {},
): Region => ({
  start,
  end,
  base: start,
  state: 'commit',
  type: 'private',
  access: Access.read | Access.write,
  offset: 0,
  ...more,
})

const regions = [
  region(0x1000, 0x2000, { access: 0 }),
  region(0x2000, 0x5000),
  region(0x8000, 0x9000, { name: '[stack]' }),
  region(0xa000, 0xb000, { type: 'mapped' }),
  region(0xc000, 0xd000),
]

const places: readonly (readonly [
  string,
  number,
  [number, number] | undefined,
])[] = [
  ['below all regions', 0x800, undefined],
  ['in what cannot be written', 0x1800, undefined],
  ['at a region’s start', 0x2000, [0x2000, 0x5000]],
  ['at a region’s last byte', 0x4fff, [0x2000, 0x5000]],
  ['at a region’s end, in a gap', 0x5000, undefined],
  ['in a region that has a name', 0x8800, undefined],
  ['in shared memory', 0xa800, undefined],
  ['in the last region', 0xc800, [0xc000, 0xd000]],
  ['above all regions', 0xd000, undefined],
]
for (const [what, pointer, span] of places)
  t.test(`a stack pointer ${what}`, async t => {
    const stack = span && { start: span[0], end: span[1], kind: 'stack', id: 9 }
    t.strictSame(findStacks(regions, [[9, pointer]]), stack ? [stack] : [])
    t.strictSame(findStacks([], [[9, pointer]]), [])
  })

t.test('threads in one region each show it', async t => {
  const spans = findStacks(regions, [
    [1, 0x2100],
    [2, 0x2200],
    [3, 0xc000],
  ])
  t.strictSame(
    spans.map(({ start, id }) => [start, id]),
    [
      [0x2000, 1],
      [0x2000, 2],
      [0xc000, 3],
    ],
  )
})
