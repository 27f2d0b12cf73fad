import type { Span } from '../contract.ts'
import { labels, type Dialect } from './labels.ts'

/** Spans taken at most, good or bad; of more, the rest labels nothing. */
export const spanBound = 0x2_0000

interface Labelled {
  readonly start: number
  readonly end: number
  readonly label: string
}

/** Up to the bound. */
export const taken = (spans: Iterable<Span>): Span[] => {
  const all: Span[] = []
  for (const span of spans) {
    if (all.length === spanBound) break
    all.push(span)
  }
  return all
}

/** False for NaN, too. */
export const isSane = ({ start, end, id }: Span): boolean =>
  start >= 0 &&
  end > start &&
  end <= 2 ** 64 &&
  (id === undefined || (Number.isSafeInteger(id) && id >= 0))

/** The spans that print, by strength of their label, each by their start. */
const rank = (spans: Iterable<Span>, dialect: Dialect): Labelled[][] => {
  const ranks: Labelled[][] = labels.map(() => [])
  for (const span of taken(spans)) {
    const row = labels.findIndex(({ kind }) => kind === span.kind)
    const label = isSane(span) ? (labels[row]?.[dialect](span) ?? '') : ''
    if (label !== '') {
      const { start, end } = span
      ranks[row]?.push({ start, end, label })
    }
  }
  for (const spans of ranks) spans.sort((a, b) => a.start - b.start)
  return ranks.filter(spans => spans.length > 0)
}

/**
 * What names a region that has no name: the strongest span that overlaps it,
 * of several the one that starts lowest. To be asked for ascending `[start,
 * end)`; linear over all of them.
 *
 * Spans were found in the target's memory: unsorted, overlapping, endless or
 * no spans at all. What is no span, of no kind, or has no word in the dialect
 * is left out. `undefined` if none is left.
 */
export const matcher = (
  spans: Iterable<Span>,
  dialect: Dialect,
): ((start: number, end: number) => string) | undefined => {
  const queues = rank(spans, dialect).map(spans => ({ spans, at: 0 }))
  if (queues.length === 0) return undefined
  return (start, end) => {
    for (const queue of queues) {
      // what ended before this region can match none that follows
      let span = queue.spans[queue.at]
      while (span !== undefined && span.end <= start)
        span = queue.spans[++queue.at]
      if (span !== undefined && span.start < end) return span.label
    }
    return ''
  }
}
