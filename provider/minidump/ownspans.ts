import type { Span } from '../contract.ts'
import { spanBound } from '../space/spans.ts'
import type { Dump } from './directory.ts'
import { headOf, sizedListOf } from './list.ts'
import { OwnList, OwnSpan } from './own.ts'
import { each } from './source.ts'
import { stringsOf } from './strings.ts'

/** In the order of the dump; none where it is none of ours. */
export const ownSpansOf = (dump: Dump): Span[] => {
  if (!dump.places.has('OwnSpans')) return []
  const list = sizedListOf(
    dump,
    'OwnSpans',
    OwnList,
    headOf,
    OwnSpan,
    spanBound,
  )
  const text = stringsOf(dump.source, 'OwnSpans', 'utf8')
  const spans: Span[] = []
  for (const { Start, End, Id, HasId, KindRva, WordsRva } of each(
    dump.source,
    OwnSpan,
    list,
  ))
    spans.push({
      start: Start,
      end: End,
      kind: text(KindRva),
      ...(HasId && { id: Id }),
      ...(WordsRva && { words: text(WordsRva).split(' ') }),
    })
  return spans
}
