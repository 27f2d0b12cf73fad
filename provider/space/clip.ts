import type { Region, Span } from '../contract.ts'
import { Allocations } from './allocations.ts'

/** What Linux makes of several VMAs, each of which stands alone. */
const across = new Set(['arena'])

/**
 * The spans, each ended where the AllocationBase that it begins in does; one
 * that begins in no allocation is left out. What tells of a span may claim too
 * much: the debugging API of Windows 7 gave a heap of 64 KiB a block of 2 MiB
 * that ran over a thread's stack.
 *
 * `regions` are those of the walk that the spans were found in.
 */
export const clipped = (
  spans: readonly Span[],
  regions: Iterable<Region>,
): readonly Span[] => {
  if (spans.length === 0) return spans
  const allocations = new Allocations(regions)
  return spans.flatMap(span => {
    if (across.has(span.kind)) return [span]
    const allocation = allocations.at(span.start)
    if (allocation === undefined) return []
    return span.end <= allocation.end
      ? [span]
      : [{ ...span, end: allocation.end }]
  })
}
