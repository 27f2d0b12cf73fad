import type { Region, Span } from '../contract.ts'
import { labels } from './labels.ts'

const page = 4096

const cutting = new Set(
  labels.filter(({ isCut }) => isCut).map(({ kind }) => kind),
)

/** Where regions are to be cut: around spans of the kinds that share one. */
export const cutsOf = (spans: readonly Span[]): number[] => {
  const at = spans
    .filter(({ kind }) => cutting.has(kind))
    .flatMap(({ start, end }) => [start, end])
    .filter(at => at % page === 0)
  return [...new Set(at)].sort((a, b) => a - b)
}

/**
 * The regions, those that a cut goes through as several. `cuts` ascend and are
 * not twice the same; the regions ascend and are disjoint.
 */
export function* cut(
  regions: Iterable<Region>,
  cuts: readonly number[],
): Generator<Region, void, undefined> {
  let next = 0
  for (const region of regions) {
    let rest = region
    for (;;) {
      const at = cuts[next]
      if (at === undefined || at >= rest.end) break
      next++
      if (at <= rest.start) continue
      yield { ...rest, end: at }
      const { start, offset } = rest
      rest = {
        ...rest,
        start: at,
        ...(offset !== undefined && { offset: offset + at - start }),
      }
    }
    yield rest
  }
}
