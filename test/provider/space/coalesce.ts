import t from 'tap'
import type { Region } from '../../../provider/contract.ts'
import { coalesce } from '../../../provider/space/coalesce.ts'
import { access, allocation, region, withFree } from '../../fixtures/regions.ts'
import { randomOf } from '../../rig/random.ts'

/** Tells all that tells two regions apart, but not copy from write. */
const characters = ({ state, access }: Region): string =>
  state === 'reserve' ? '===' : `${access & 0x17}`

const joined = (regions: Iterable<Region>): Region[] => [
  ...coalesce(regions, characters),
]

const shape = (regions: Iterable<Region>) =>
  joined(regions).map(({ start, end }) => [start, end])

t.test('neighbours of one allocation that print alike are one', t => {
  const pieces = allocation(0x10000, [
    [0x1000, 'rw'],
    [0x2000, 'rwc'],
    [0x1000, 'r'],
  ])
  t.same(shape(pieces), [
    [0x10000, 0x13000],
    [0x13000, 0x14000],
  ])
  t.end()
})

t.test('what keeps neighbours apart', t => {
  const table: readonly (readonly [string, Partial<Region>])[] = [
    ['another allocation', { base: 0x11000 }],
    ['other characters', { access: access('r') }],
    ['reserved beside committed', { state: 'reserve', access: 0 }],
    ['another name', { name: '[peb]' }],
    ['a gap', { start: 0x12000, end: 0x13000 }],
  ]
  for (const [name, facts] of table) {
    const first = region(0x10000, 0x11000)
    const second = region(0x11000, 0x12000, { base: 0x10000, ...facts })
    t.same(joined([first, second]), [first, second], name)
  }
  t.end()
})

t.test('a guard page splits a region in two', t => {
  const before = allocation(0x10000, [[0x3000, 'rw']])
  const after = allocation(0x10000, [
    [0x1000, 'rw'],
    [0x1000, 'rwg'],
    [0x1000, 'rw'],
  ])
  t.equal(joined(before).length, 1)
  t.equal(joined(after).length, 3)
  t.end()
})

t.test('no name and an empty name are the same', t => {
  const first = region(0x10000, 0x11000)
  const second = region(0x11000, 0x12000, { base: 0x10000, name: '' })
  t.same(shape([first, second]), [[0x10000, 0x12000]])
  t.end()
})

t.test('a run is its first region but for the end', t => {
  const first = region(0x11000, 0x12000, {
    base: 0x10000,
    offset: 0x1000,
    inode: 7n,
    name: 'C:\\x',
  })
  const second = { ...first, start: 0x12000, end: 0x13000, offset: 0x2000 }
  t.same(joined([first, second]), [{ ...first, end: 0x13000 }])
  t.equal(joined([first])[0], first)
  t.end()
})

t.test('free regions are dropped, and keep neighbours apart', t => {
  const pieces = [
    region(0x10000, 0x11000),
    region(0x12000, 0x13000, { base: 0x10000 }),
  ]
  t.same(joined(withFree(pieces)), pieces)
  t.same(joined([region(0, 0x1000, { state: 'free' })]), [])
  t.same(joined([]), [])
  t.end()
})

t.test('VMAs stand alone, however alike', t => {
  const vmas = [region(0x1000, 0x2000), region(0x2000, 0x3000)]
  const asked = (): string => t.fail('asked for characters') as never
  t.same([...coalesce(vmas, asked)], vmas)
  t.end()
})

t.test('the walk is one region ahead of what is told', t => {
  let walked = 0
  const walk = function* (): Generator<Region> {
    for (;;) yield region(0x1000 * ++walked, 0x1000 * walked + 0x1000)
  }
  const runs = coalesce(walk(), characters)
  t.equal(walked, 0)
  runs.next()
  t.equal(walked, 2)
  runs.next()
  t.equal(walked, 3)
  t.end()
})

t.test('who stops listening ends the walk', t => {
  let isOver = false
  const walk = function* (): Generator<Region> {
    try {
      yield region(0x1000, 0x2000)
      yield region(0x2000, 0x3000)
    } finally {
      isOver = true
    }
  }
  for (const _ of coalesce(walk(), characters)) break
  t.ok(isOver)
  t.end()
})

const same = (a: unknown, b: unknown): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

/** What each page is and prints as. */
const pages = (regions: readonly Region[]): Map<number, string> => {
  const map = new Map<number, string>()
  for (const region of regions) {
    const told = [region.base, region.name ?? '', characters(region)].join()
    for (let page = region.start; page < region.end; page += 0x1000)
      map.set(page, told)
  }
  return map
}

/** Some allocations, of one to six pieces, some with a hole. */
const anySpace = (random: (bound: number) => number): Region[] => {
  const words = ['rw', 'rwc', 'r', 'rwg', 'reserve']
  const all: Region[] = []
  for (let left = random(8); left > 0; left--) {
    const pieces = allocation(
      (all.at(-1)?.end ?? 0) + 0x1000 * random(2),
      Array.from({ length: 1 + random(6) }, () => [
        0x1000 * (1 + random(3)),
        words[random(words.length)] as string,
      ]),
    ).map(piece => {
      const name = [undefined, undefined, '', '[a]'][random(4)]
      return name === undefined ? piece : { ...piece, name }
    })
    if (random(3) === 0) pieces.splice(random(pieces.length), 1)
    all.push(...pieces)
  }
  return all
}

t.test('any space: sorted, disjoint, nothing lost, as few as can be', t => {
  const random = randomOf(3)
  let wrong = 0
  let merged = 0
  for (let round = 0; round < 1000; round++) {
    const regions = anySpace(random)
    const runs = joined(random(2) === 0 ? regions : withFree(regions))
    const isSorted = runs.every(
      ({ start, end }, index) =>
        start >= (runs[index - 1]?.end ?? 0) && end > start,
    )
    const isLeast = runs.every((run, index) => {
      const before = runs[index - 1]
      const page = before && pages([before]).get(before.start)
      return before?.end !== run.start || page !== pages([run]).get(run.start)
    })
    const isWhole = same([...pages(runs)], [...pages(regions)])
    const isIdempotent = same(joined(runs), runs)
    if (!isSorted || !isLeast || !isWhole || !isIdempotent) wrong++
    merged += regions.length - runs.length
  }
  t.equal(wrong, 0)
  t.ok(merged > 1000, `${merged} were joined`)
  t.end()
})
