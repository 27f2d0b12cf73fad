import type { Region, Span, Task } from '../contract.ts'
import { clipped } from './clip.ts'
import { coalesce, type Characters } from './coalesce.ts'
import { cut, cutsOf } from './cut.ts'
import { ownName, type Dialect } from './labels.ts'
import { isSane, matcher, taken } from './spans.ts'

const unlabelled = (): string => ''

function* named(
  regions: Iterable<Region>,
  dialect: Dialect,
  labelOf: (start: number, end: number) => string,
): Generator<Region, void, undefined> {
  for (const region of regions) {
    if (region.state === 'free') continue
    const own = ownName(region.name, dialect)
    const name = own === '' ? labelOf(region.start, region.end) : own
    yield name === (region.name ?? '') ? region : { ...region, name }
  }
}

/** One walk: lazy, unless what its regions are is to be found out. */
const walked = (
  task: Task,
): { whole: Iterable<Region>; spans: readonly Span[] } => {
  if (task.spans === undefined) return { whole: task.regions(), spans: [] }
  const whole = [...task.regions()]
  const sane = taken(task.spans(whole)).filter(isSane)
  return { whole, spans: clipped(sane, whole) }
}

/**
 * The address space of a task as maps tells it: regions ascending, free ones
 * left out, named by what they are in the words of the dialect, and joined
 * where they print alike (`coalesce`). Walked anew at every call: lazily, but
 * whole where the task has spans, which are found in its regions.
 *
 * A region belongs to a span when the two overlap: a span that covers part of
 * a region names all of it, but for a PEB or a TEB, of which several share a
 * region: it is cut around them. No label crosses an AllocationBase, whatever
 * a span claims (`clipped`). Throws what the task's own walk throws.
 */
export const space = (
  task: Task,
  dialect: Dialect,
  characters: Characters,
): Iterable<Region> => {
  const { whole, spans } = walked(task)
  const labelOf = matcher(spans, dialect)
  const cuts = cutsOf(spans)
  const regions = cuts.length === 0 ? whole : cut(whole, cuts)
  return coalesce(
    labelOf === undefined && dialect === 'linux'
      ? regions
      : named(regions, dialect, labelOf ?? unlabelled),
    characters,
  )
}
