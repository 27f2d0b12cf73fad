import { labels, type Dialect } from '../../provider/space/labels.ts'
import { Allocations } from '../../provider/space/allocations.ts'
import { findHeaps } from '../../provider/space/heaps/index.ts'
import type { Face } from '../../provider/space/target.ts'
import type { Image } from '../fixtures/image.ts'

type Labelled = readonly [start: number, end: number, label: string]

/** Where the PEB of an image is, if nothing else is said. */
export const peb = 0x7efde000

/** What the spans of an image's heaps print, ascending. */
export const heapsIn = (
  image: Image,
  build?: number,
  dialect: Dialect = 'linux',
  faces: readonly Face[] = [{ peb, width: image.width }],
): Labelled[] => {
  const { read } = image
  const allocations = new Allocations(image.regions)
  const target = { allocations, read, faces }
  const spans = findHeaps(build === undefined ? target : { ...target, build })
  const row = labels.find(({ kind }) => kind === 'win heap')
  return spans
    .sort((a, b) => a.start - b.start)
    .map(span => [span.start, span.end, row?.[dialect](span) ?? 'no row'])
}
