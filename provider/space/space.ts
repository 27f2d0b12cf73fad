import type { Region, Task } from '../contract.ts'
import { coalesce, type Characters } from './coalesce.ts'
import { ownName, type Dialect } from './labels.ts'
import { matcher } from './spans.ts'

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

/**
 * The address space of a task as maps tells it: regions ascending, free ones
 * left out, named by what they are in the words of the dialect, and joined
 * where they print alike (`coalesce`). Walked anew at every call, lazily.
 *
 * A region belongs to a span when the two overlap: a span that covers part of
 * a region names all of it. Throws what the task's own walk throws.
 */
export const space = (
  task: Task,
  dialect: Dialect,
  characters: Characters,
): Iterable<Region> => {
  const spans = task.spans?.()
  const labelOf = spans && matcher(spans, dialect)
  const regions = task.regions()
  return coalesce(
    labelOf === undefined && dialect === 'linux'
      ? regions
      : named(regions, dialect, labelOf ?? unlabelled),
    characters,
  )
}
