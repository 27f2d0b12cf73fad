import t from 'tap'
import { Allocations } from '../../../../provider/space/allocations.ts'
import { findBlocks } from '../../../../provider/space/blocks.ts'
import { findHeaps } from '../../../../provider/space/heaps/index.ts'
import type { Image } from '../../../fixtures/image.ts'
import {
  layouts,
  wow64s,
  type Layout,
  type Ring,
} from '../../../fixtures/layouts.ts'
import { heapsIn } from '../../../rig/winheaps.ts'

const startsIn = ({ image, build, peb }: Layout): number[] =>
  heapsIn(image, build, 'linux', [{ peb, width: image.width }]).map(
    ([start]) => start,
  )

t.test('all that a process has is found, in every layout', t => {
  t.equal(layouts.length, 28)
  for (const [name, make] of layouts) {
    const layout = make()
    t.same(startsIn(layout), layout.starts, name)
    t.equal(layout.image.strays, 0, name)
  }
  t.end()
})

const nowhere = 0x6660_0000

type Tear = (image: Image, ring: Ring, entry: number) => void

/** What becomes of one entry, with others on both sides; what is lost. */
const tears: readonly (readonly [string, Tear, 'itself' | 'nothing'])[] = [
  [
    'the last leads to the first',
    (i, { entries }) => i.pointer(entries.at(-1) ?? 0, entries[0] ?? 0),
    'nothing',
  ],
  [
    'it leads to the one before',
    (i, { entries }, at) => i.pointer(at, entries[0] ?? 0),
    'nothing',
  ],
  ['it leads into nowhere', (i, _, at) => i.pointer(at, nowhere), 'nothing'],
  ['it leads to no pointer', (i, _, at) => i.pointer(at, at + 1), 'nothing'],
  [
    'its Blink lies',
    (i, { head }, at) => i.pointer(at + i.width, head),
    'nothing',
  ],
  [
    'its Blink leads into nowhere',
    (i, _, at) => i.pointer(at + i.width, nowhere),
    'nothing',
  ],
  ['it is torn', (i, _, at) => i.put(at, 2 * i.width, 0), 'itself'],
  ['it is in a list of its own', (i, _, at) => i.ring(at), 'itself'],
]

t.test('a torn entry costs no other, in every list of every layout', t => {
  for (const [name, make] of layouts)
    for (const [index] of make().rings.entries())
      for (const [what, tear, lost] of tears) {
        const layout = make()
        const ring = layout.rings[index] as Ring
        const at = ring.entries[1] as number
        tear(layout.image, ring, at)
        t.same(
          startsIn(layout),
          layout.starts.filter(
            start => lost === 'nothing' || start !== ring.starts[1],
          ),
          `${name}, ${ring.name}: ${what}`,
        )
        t.ok(layout.image.reads < 400, `${layout.image.reads} reads`)
        t.equal(layout.image.strays, 0)
      }
  t.end()
})

t.test('a PEB that counts too much or too little, in every layout', t => {
  for (const [name, make] of layouts)
    for (const count of [0, 1, 0x7fff_ffff, 0xffff_ffff]) {
      const layout = make()
      const { image, peb } = layout
      image.u32(peb + (image.width === 8 ? 0xe8 : 0x88), count)
      const found = startsIn(layout)
      t.ok(
        found.every(start => layout.starts.includes(start)),
        name,
      )
      t.ok(found.includes(0x1_0000), `${name}: the default one`)
      t.ok(found.includes(0x9_0000), `${name}: the hidden one`)
      t.ok(image.longest <= 0x8000, `${image.longest} bytes`)
      t.equal(image.strays, 0)
    }
  t.end()
})

t.test('both halves of a WoW64 process, of every Windows', t => {
  t.equal(wow64s.length, 8)
  for (const [name, make] of wow64s) {
    const { wide, narrow } = make()
    const isNarrow = (at: number): boolean => at < 2 ** 32
    const target = {
      allocations: new Allocations([
        ...narrow.image.regions,
        ...wide.image.regions,
      ]),
      read: (at: number, length: number) =>
        (isNarrow(at) ? narrow : wide).image.read(at, length),
      faces: [
        { peb: wide.peb, width: 8 },
        { peb: narrow.peb, width: 4 },
      ] as const,
      build: wide.build,
    }
    const spans = findHeaps(target).sort((a, b) => a.start - b.start)
    t.same(
      spans.map(({ start }) => start),
      [...narrow.starts, ...wide.starts],
      name,
    )
    const ids = (of: (at: number) => boolean): number[] =>
      spans.flatMap(({ start, id = -1 }) => (of(start) ? [id] : []))
    const others = ids(isNarrow)
    t.notOk(
      ids(at => !isNarrow(at)).some(id => others.includes(id)),
      `${name}: numbered through`,
    )
    const threads = [{ tid: 7, teb: wide.teb, isInitial: true }]
    t.same(
      [...findBlocks(target, threads)].map(({ kind, start }) => [kind, start]),
      [
        ['peb', wide.peb],
        ['peb32', narrow.peb],
        ['teb', wide.teb],
        ['initial stack', wide.teb - 0xf0_0000],
        ['teb32', narrow.teb],
        ['initial stack32', narrow.teb - 0xf0_0000],
      ],
      name,
    )
    t.equal(wide.image.strays + narrow.image.strays, 0, name)
  }
  t.end()
})
