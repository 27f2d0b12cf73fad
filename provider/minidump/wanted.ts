import { Access, type Region, type Span } from '../contract.ts'

/** How much memory a dump holds; each holds what those before it do. */
export const amounts = ['none', 'stacks', 'heaps', 'full'] as const

export type Amount = (typeof amounts)[number]

const readable = Access.read | Access.copy | Access.execute

/** What threads stand on, and where the rest is found from. */
const isOfStacks = (kind: string): boolean => /stack|teb|peb/.test(kind)

/**
 * The regions whose memory is to be recorded. Of stacks: those, PEBs and TEBs;
 * of heaps: all that a span names besides, and on Linux `[heap]`; of all:
 * whatever can be read, also what is mapped from files. Guard pages are never
 * touched.
 */
export const wantedOf = (
  regions: readonly Region[],
  spans: readonly Span[],
  amount: Amount,
): Region[] => {
  const chosen = spans
    .filter(({ kind }) => amount !== 'stacks' || isOfStacks(kind))
    .toSorted((a, b) => a.start - b.start)
  let before = 0
  const furthest = chosen.map(({ end }) => (before = Math.max(before, end)))
  let at = 0
  const isNamed = ({ start, end, name = '' }: Region): boolean => {
    if (name.startsWith('[stack')) return true
    if (name === '[heap]') return amount === 'heaps'
    while (at < chosen.length && (chosen[at]?.start ?? 0) < end) at++
    return at > 0 && (furthest[at - 1] as number) > start
  }
  if (amount === 'none') return []
  return regions.filter(
    region =>
      region.state === 'commit' &&
      (region.access & readable) !== 0 &&
      (region.access & Access.guard) === 0 &&
      (amount === 'full' || isNamed(region)),
  )
}
