import type { Region } from '../contract.ts'

/** What a region prints as, `r-xp`: the dialect decides. */
export type Characters = (region: Region) => string

const isOneRun = (
  first: Region,
  next: Region,
  characters: Characters,
): boolean =>
  next.base === first.base &&
  (next.name ?? '') === (first.name ?? '') &&
  characters(next) === characters(first)

/** The first region of a run, with the run's end: a region as good as any. */
const runOf = (first: Region, end: number): Region =>
  end === first.end ? first : { ...first, end }

/**
 * Joins neighbours (one's end is the other's start) that share AllocationBase,
 * printed characters and name; drops free ones. Yields lazily, one region
 * behind the walk. A run keeps its first region's base, offset and name; access
 * and type are the first one's, too, which tell the same characters.
 *
 * `regions` are ascending and disjoint, and so is what comes out. A Linux VMA's
 * base is its own start: the kernel has joined what can be joined.
 */
export function* coalesce(
  regions: Iterable<Region>,
  characters: Characters,
): Generator<Region, void, undefined> {
  let first: Region | undefined
  let end = 0
  for (const region of regions) {
    if (region.state === 'free') continue
    if (first !== undefined) {
      if (region.start === end && isOneRun(first, region, characters)) {
        end = region.end
        continue
      }
      yield runOf(first, end)
    }
    first = region
    end = region.end
  }
  if (first !== undefined) yield runOf(first, end)
}
