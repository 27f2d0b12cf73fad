import type { Region, Span, Task } from '../../provider/contract.ts'
import { processOf } from './document.ts'

/** An address space at rest: what a provider tells of it. */
export interface Walk {
  readonly regions: readonly Region[]
  readonly spans: readonly Span[]
}

/** A free run is cut to this, that many spaces fit into one. */
const gap = 0x1_0000

const lengthOf = ({ start, end, state }: Region): number =>
  state === 'free' ? Math.min(end - start, gap) : end - start

/** By what each region goes, to lie behind the one before it from `at` on. */
const movesOf = (regions: readonly Region[], at: number): number[] => {
  let end = at
  return regions.map(region => {
    const by = end - region.start
    end += lengthOf(region)
    return by
  })
}

const moved = <S extends { readonly start: number; readonly end: number }>(
  each: S,
  by: number,
): S => ({ ...each, start: each.start + by, end: each.end + by })

/** Spans with the place of the region that each begins in. */
const placed = ({ regions, spans }: Walk): (readonly [number, Span])[] =>
  spans.map(span => [regions.findIndex(({ end }) => span.start < end), span])

/**
 * One walk of so many regions, made of these in turn, one behind the other,
 * free runs shortened; with their spans. Two that tell no gap between them
 * have one of 64 KiB.
 */
export const repeated = (walks: readonly Walk[], count: number): Walk => {
  const all = walks.map(walk => ({ ...walk, placed: placed(walk) }))
  const regions: Region[] = []
  const spans: Span[] = []
  for (let turn = 0; regions.length < count; turn++) {
    const walk = all[turn % all.length]
    if (walk === undefined || walk.regions.length === 0) break
    const left = walk.regions.slice(0, count - regions.length)
    const moves = movesOf(left, (regions.at(-1)?.end ?? 0) + gap)
    for (const [at, region] of left.entries()) {
      const by = moves[at] ?? 0
      const end = region.start + lengthOf(region)
      regions.push(moved({ ...region, end, base: region.base + by }, by))
    }
    for (const [at, span] of walk.placed) {
      const by = moves[at]
      if (by !== undefined) spans.push(moved(span, by))
    }
  }
  return { regions, spans }
}

/** A task of this walk. */
export const taskOf = ({ regions, spans }: Walk): Task =>
  processOf({ regions, spans })
