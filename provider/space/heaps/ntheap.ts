import {
  Heap as Layouts,
  HeapContext,
  HeapFrontEnd,
  HeapSegment,
  HeapSignature,
  LowFragmentation,
  SegmentSignature,
  UserAllocated,
} from '../../nt/heap.ts'
import { entriesOf } from '../../nt/list.ts'
import { layoutOf, structure } from '../../nt/memory.ts'
import { described } from './descriptors.ts'
import type { Side } from '../target.ts'
import { privateAt, type Family, type Piece } from './heap.ts'

const page = 4096

const segmentAt = ({ read, width }: Side, at: number) => {
  const segment = structure(read, HeapSegment[width], at)
  return segment?.SegmentSignature === SegmentSignature ? segment : undefined
}

/** The heap whose segment begins at an address; not looked at itself. */
export const ownerAt = (side: Side, at: number): number | undefined =>
  segmentAt(side, at)?.Heap

/**
 * A segment's allocation; of memory that the caller had (HEAP_USER_ALLOCATED),
 * the segment's own pages in it. The recorded extent alone is not to be
 * trusted: the debugging API has told some that ran into the next allocation.
 */
export const pieceAt = (
  side: Side,
  at: number,
  heap: number,
): Piece | undefined => {
  const segment = segmentAt(side, at)
  const allocation = side.allocations.at(at)
  if (segment?.Heap !== heap || allocation === undefined) return undefined
  const { start, end } = allocation
  if ((segment.SegmentFlags & UserAllocated) === 0) return { start, end }
  const first = Math.max(start, at - (at % page))
  const last = segment.BaseAddress + segment.NumberOfPages * page
  return { start: first, end: Math.min(end, Math.max(last, first + page)) }
}

/** Addresses where segments should begin, the heap's own first. */
const segmentsOf = function* (
  { read, width }: Side,
  heap: number,
  head: number,
): Generator<number, void, undefined> {
  const [member] = HeapSegment[width].fields.SegmentListEntry
  yield heap
  for (const entry of entriesOf(read, width, head)) yield entry - member
}

/**
 * The build that the rest of a heap's layout is chosen by. Where its signature
 * lies tells 7 from later ones, whatever build was told, by a compatibility
 * mode perhaps: then the last one with that signature's place.
 */
const buildOf = (
  rows: readonly { readonly since: number }[],
  row: { readonly since: number },
  build: number,
): number => {
  const next = rows[rows.indexOf(row) + 1]?.since ?? Number.POSITIVE_INFINITY
  return build >= row.since && build < next ? build : next - 1
}

/** `_HEAP` in the layout whose signature is there. */
const headerAt = ({ read, width, build }: Side, address: number) => {
  const rows = Layouts[width]
  for (const row of rows) {
    const { fields } = row.layout
    const heap = structure(read, row.layout, address)
    if (heap?.Signature === HeapSignature)
      return { heap, fields, build: buildOf(rows, row, build) }
  }
  return undefined
}

/**
 * The NT heap: its segments, its large blocks (VirtualAllocdBlocks, which no
 * walk of segments meets) and the control block of its low-fragmentation heap.
 *
 * Approximation: blocks of a page heap (gflags +hpa, Application Verifier) are
 * in none of its lists, and have no label.
 */
export const ntHeap: Family = (side, address) => {
  const { read, width } = side
  if (ownerAt(side, address) !== address) return undefined
  const header = headerAt(side, address)
  if (header === undefined) return undefined
  const { heap, fields, build } = header

  const frontLayout = layoutOf(HeapFrontEnd[width], build)
  const front = frontLayout && structure(read, frontLayout, address)
  const isLow = front?.FrontEndHeapType === LowFragmentation

  return {
    flags: heap.Flags | heap.ForceFlags,
    ...(isLow && { word: 'lfh' }),
    *pieces() {
      const segments = address + fields.SegmentList[0]
      for (const at of segmentsOf(side, address, segments)) {
        const piece = pieceAt(side, at, address)
        if (piece !== undefined) yield piece
      }
      const blocks = address + fields.VirtualAllocdBlocks[0]
      for (const block of entriesOf(read, width, blocks))
        yield* privateAt(side, block, true)
      if (isLow) yield* privateAt(side, front.FrontEndHeap)
    },
    others() {
      const layout = layoutOf(HeapContext[width], build)
      return described(
        side,
        layout && structure(read, layout, address)?.UserContext,
      )
    },
  }
}
