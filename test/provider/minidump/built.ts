import t from 'tap'
import type { Region } from '../../../provider/contract.ts'
import { builtOf, type Extent } from '../../../provider/minidump/built.ts'
import { access, region } from '../../fixtures/regions.ts'

const module = (base: number, end: number, name: string) => ({
  base,
  end,
  name,
})

const built = (
  modules: Parameters<typeof builtOf>[0],
  stacks: readonly Extent[],
  memory: readonly Extent[],
): Region[] => [...builtOf(modules, stacks, memory)]

const image = (start: number, end: number, name: string): Region =>
  region(start, end, { type: 'image', access: access('r'), name })
const stack = (start: number, end: number, base = start): Region =>
  region(start, end, { base, access: access('rw') })
const memory = (start: number, end: number, base = start): Region =>
  region(start, end, { base, access: access('r') })

t.test('modules, stacks and memory are regions, page by page', t => {
  t.same(
    built(
      [module(0x9000, 0xa000, 'b'), module(0x4000, 0x6001, 'a')],
      [[0x1000, 0x3000]],
      [
        [0x7010, 0x7020],
        [0x7ff8, 0x8008],
        [0xc000, 0xd000],
      ],
    ),
    [
      stack(0x1000, 0x3000),
      image(0x4000, 0x7000, 'a'),
      memory(0x7000, 0x9000),
      image(0x9000, 0xa000, 'b'),
      memory(0xc000, 0xd000),
    ],
  )
  t.end()
})

t.test('of what overlaps, modules come before stacks before memory', t => {
  t.same(
    built(
      [module(0x4000, 0x5000, 'a')],
      [[0x3000, 0x7000]],
      [[0x1000, 0xa000]],
    ),
    [
      memory(0x1000, 0x3000),
      stack(0x3000, 0x4000),
      image(0x4000, 0x5000, 'a'),
      stack(0x5000, 0x7000, 0x3000),
      memory(0x7000, 0xa000, 0x1000),
    ],
  )
  t.same(
    built(
      [],
      [[0x2000, 0x8000]],
      [
        [0x1000, 0x3000],
        [0x4000, 0x5000],
        [0x7000, 0x9000],
      ],
    ),
    [
      memory(0x1000, 0x2000),
      stack(0x2000, 0x8000),
      memory(0x8000, 0x9000, 0x7000),
    ],
    'one above reaches over several below',
  )
  t.same(
    built([module(0x1000, 0x4000, 'a'), module(0x2000, 0x5000, 'b')], [], []),
    [
      image(0x1000, 0x4000, 'a'),
      region(0x4000, 0x5000, {
        base: 0x2000,
        type: 'image',
        access: access('r'),
        name: 'b',
      }),
    ],
    'of modules the lower one',
  )
  t.end()
})

t.test('what is empty, or beyond all numbers, is no region', t => {
  const end = Number.MAX_SAFE_INTEGER - 4095
  t.same(
    built(
      [module(0x1000, 0x1000, 'none'), module(2 ** 60, 2 ** 61, 'far')],
      [[2 ** 63, 2 ** 64]],
      [[end - 1, end + 4000]],
    ),
    [memory(end - 4096, end)],
  )
  t.same(built([], [], []), [])
  t.end()
})

t.test('at random: ascending, disjoint, and nothing is missed', t => {
  let seed = 5
  const random = (bound: number): number => {
    seed = (seed * 48_271) % 0x7fff_ffff
    return seed % bound
  }
  const extents = (count: number): Extent[] =>
    Array.from({ length: count }, () => {
      const start = random(100) * 0x800
      return [start, start + random(20) * 0x800] as const
    })
  for (let round = 0; round < 500; round++) {
    const [images, stacks, ranges] = [extents(4), extents(4), extents(20)]
    const ascending: Extent[] = []
    let before = 0
    for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
      if (end <= before) continue
      ascending.push([Math.max(start, before), end])
      before = end
    }
    const regions = built(
      images.map(([base, end]) => module(base, end, 'x')),
      stacks,
      ascending.filter(([start, end]) => start < end),
    )
    const kinds = new Map<number, string>()
    let last = 0
    for (const { start, end, type, access: bits, base } of regions) {
      if (start < last || end <= start || base > start)
        return t.fail(`${round}: ${start}`)
      last = end
      for (let at = start; at < end; at += 0x1000)
        kinds.set(at, type === 'image' ? 'image' : bits === 1 ? 'm' : 'stack')
    }
    const touched = (list: readonly Extent[], page: number): boolean =>
      list.some(
        ([start, end]) => start < end && start < page + 0x1000 && end > page,
      )
    for (let page = 0; page < 0x4_0000; page += 0x1000) {
      const kind = touched(images, page)
        ? 'image'
        : touched(stacks, page)
          ? 'stack'
          : touched(ascending, page)
            ? 'm'
            : undefined
      if (kinds.get(page) !== kind)
        return t.fail(
          `${round}: ${page.toString(16)} ${kinds.get(page)} ${kind}`,
        )
    }
  }
  t.pass('500 rounds')
  t.end()
})
