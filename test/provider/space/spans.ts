import t from 'tap'
import type { Span } from '../../../provider/contract.ts'
import { matcher, spanBound } from '../../../provider/space/spans.ts'
import { randomOf } from '../../rig/random.ts'

const stack = (start: number, end: number, id = 1): Span => ({
  kind: 'stack',
  start,
  end,
  id,
})

const arena = (start: number, end: number, id = 1): Span => ({
  kind: 'arena',
  start,
  end,
  id,
})

/** What each of the regions is named, in one ascending walk. */
const labelsOf = (
  spans: Iterable<Span>,
  regions: readonly (readonly [number, number])[],
): string[] => {
  const labelOf = matcher(spans, 'linux')
  return regions.map(([start, end]) => labelOf?.(start, end) ?? 'no matcher')
}

t.test('a region belongs to a span when the two overlap', t => {
  const spans = [stack(0x3000, 0x5000)]
  const table: readonly (readonly [number, number, string])[] = [
    [0x1000, 0x3000, ''],
    [0x1000, 0x3001, '[stack:1]'],
    [0x3000, 0x5000, '[stack:1]'],
    [0x4000, 0x4001, '[stack:1]'],
    [0x4fff, 0x6000, '[stack:1]'],
    [0x5000, 0x6000, ''],
    [0x1000, 0x9000, '[stack:1]'],
  ]
  for (const [start, end, label] of table)
    t.same(labelsOf(spans, [[start, end]]), [label])
  t.end()
})

t.test('of two kinds the stronger names a region, wherever it starts', t => {
  const spans = [arena(0x1000, 0x9000), stack(0x4000, 0x5000)]
  t.same(
    labelsOf(spans, [
      [0x1000, 0x2000],
      [0x3000, 0x6000],
      [0x6000, 0x7000],
    ]),
    ['[heap arena 1]', '[stack:1]', '[heap arena 1]'],
  )
  t.end()
})

t.test('of one kind the lowest start names a region, in any order', t => {
  const spans = [stack(0x3000, 0x9000, 3), stack(0x1000, 0x5000, 1)]
  const regions = [
    [0x2000, 0x4000],
    [0x4000, 0x5000],
    [0x5000, 0x6000],
  ] as const
  const labels = ['[stack:1]', '[stack:1]', '[stack:3]']
  t.same(labelsOf(spans, regions), labels)
  t.same(labelsOf(spans.toReversed(), regions), labels)
  t.end()
})

t.test('what is no span is left out', t => {
  const bad: Span[] = [
    stack(Number.NaN, 0x9000),
    stack(0, Number.NaN),
    stack(0x9000, 0),
    stack(0x1000, 0x1000),
    stack(-1, 0x9000),
    stack(0, Number.POSITIVE_INFINITY),
    stack(0, 2 ** 65),
    stack(0, 0x9000, Number.NaN),
    stack(0, 0x9000, -1),
    stack(0, 0x9000, 1.5),
    stack(0, 0x9000, 2 ** 60),
    { kind: 'stack', start: 0, end: 0x9000 },
    { kind: 'unheard-of', start: 0, end: 0x9000, id: 1 },
    { kind: '__proto__', start: 0, end: 0x9000, id: 1 },
  ]
  t.equal(matcher(bad, 'linux'), undefined)
  t.same(labelsOf([...bad, stack(0, 2 ** 64, 0)], [[0x1000, 0x2000]]), [
    '[stack:0]',
  ])
  t.end()
})

t.test('a span that has no word in a dialect hides no weaker one', t => {
  t.equal(matcher([arena(0, 0x9000)], 'cygwin'), undefined)
  const labelOf = matcher([arena(0, 0x9000), stack(0, 0x9000, 2)], 'cygwin')
  t.equal(labelOf?.(0, 0x1000), '[stack (tid 2)]')
  t.end()
})

t.test('without spans there is nothing to ask', t => {
  t.equal(matcher([], 'linux'), undefined)
  t.end()
})

t.test('spans without end are taken up to the bound', t => {
  let told = 0
  const endless = function* (): Generator<Span> {
    for (;;) yield stack(0x1000 * told++, 0x1000 * told, told)
  }
  const labelOf = matcher(endless(), 'linux')
  t.equal(told, spanBound + 1)
  t.equal(labelOf?.(0, 0x1000), '[stack:1]')
  t.equal(
    labelOf?.(0x1000 * (spanBound - 1), 0x1000 * spanBound),
    `[stack:${spanBound}]`,
  )
  t.equal(labelOf?.(0x1000 * spanBound, 0x1000 * (spanBound + 1)), '')
  t.end()
})

t.test('a hundred thousand spans that all overlap take no second', t => {
  const count = 100_000
  const spans = Array.from({ length: count }, (_, at) =>
    stack(0x1000 * (count - at), 0x1000 * (2 * count - at), at),
  )
  const began = performance.now()
  const labelOf = matcher(spans, 'linux')
  let named = 0
  for (let at = 0; at < 2 * count; at++)
    if (labelOf?.(0x1000 * at, 0x1000 * at + 0x1000) !== '') named++
  t.equal(named, 2 * count - 1)
  t.ok(performance.now() - began < 2000)
  t.end()
})

const spanAtRandom = (random: (bound: number) => number): Span => {
  const start = random(60)
  const make = random(2) === 0 ? stack : arena
  return make(start, start + random(20), random(100))
}

/** By the letter of the rule: the strongest, then the lowest. */
const best = (spans: readonly Span[], start: number, end: number): string => {
  const hits = spans.filter(
    span => span.end > span.start && span.start < end && span.end > start,
  )
  const kind = hits.some(({ kind }) => kind === 'stack') ? 'stack' : 'arena'
  const [first] = hits
    .filter(hit => hit.kind === kind)
    .sort((a, b) => a.start - b.start)
  if (first === undefined) return ''
  return kind === 'stack' ? `[stack:${first.id}]` : `[heap arena ${first.id}]`
}

t.test('any spans: the same as asking all of them', t => {
  const random = randomOf(4)
  let wrong = 0
  let named = 0
  for (let round = 0; round < 2000; round++) {
    const spans = Array.from({ length: random(12) }, () => spanAtRandom(random))
    const labelOf = matcher(spans, 'linux') ?? (() => '')
    for (let start = random(4); start < 80;) {
      const end = start + 1 + random(9)
      const label = labelOf(start, end)
      if (label !== best(spans, start, end)) wrong++
      if (label !== '') named++
      start = end + random(3)
    }
  }
  t.equal(wrong, 0)
  t.ok(named > 1000, `${named} were named`)
  t.end()
})
