/**
 * glibc's arenas, from memory alone: each arena but the main one (which is the
 * kernel's `[heap]`) lives in heaps of 64 MiB, aligned to as much, that begin
 * with a heap_info.
 *
 * The target may have written anything there, so a heap counts only as a link
 * of a chain that agrees with itself: from a first heap which holds its own
 * arena, each next one naming the one before. What does not agree, or is torn
 * by the target's own work, costs a label.
 */
import { Access, type Region, type Span } from '../contract.ts'
import { ArenaAt, HeapInfo, HeapMax } from './glibc.ts'

/** Addresses looked at in one process. */
export const MaxLooks = 4096

const page = 4096

interface Heap {
  readonly at: number
  readonly arena: number
  readonly prev: number
}

/** Private, anonymous and read-write; perhaps named by prctl, as glibc may. */
const isCandidate = (region: Region): boolean =>
  region.type === 'private' &&
  region.inode === undefined &&
  (region.access & Access.write) !== 0 &&
  (region.name === undefined || region.name.startsWith('[anon:'))

const aligned = function* (regions: Iterable<Region>): Iterable<number> {
  let looks = 0
  for (const region of regions) {
    if (!isCandidate(region)) continue
    let at = Math.ceil(region.start / HeapMax) * HeapMax
    for (; at < region.end; at += HeapMax) {
      if (looks++ === MaxLooks) return
      yield at
    }
  }
}

const isPages = (size: number, unit: number): boolean =>
  size > 0 && size <= HeapMax && size % unit === 0

const heapAt = (at: number, bytes: Uint8Array): Heap | undefined => {
  if (bytes.length < HeapInfo.size) return undefined
  const info = HeapInfo.view(
    new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
  )
  const { ar_ptr: arena, prev, size, mprotect_size, pagesize } = info
  if (!Number.isSafeInteger(arena) || prev % HeapMax !== 0) return undefined
  const offset = arena % HeapMax
  const modern = offset === ArenaAt.since235
  if (!modern && offset !== ArenaAt.before235) return undefined
  const unit = modern ? pagesize : page
  if (unit < page || !Number.isInteger(Math.log2(unit))) return undefined
  if (!isPages(size, unit) || !isPages(mprotect_size, unit)) return undefined
  return size <= mprotect_size ? { at, arena, prev } : undefined
}

const isFirst = (heap: Heap): boolean =>
  heap.prev === 0 && heap.arena - (heap.arena % HeapMax) === heap.at

/**
 * One span of kind `arena` per heap, all of its 64 MiB. Neither glibc nor the
 * kernel numbers arenas: `id` is the arena's place, from 1, in the order of
 * the addresses of their first heaps, and so may change when one comes or
 * goes. At most {@link MaxLooks} addresses are read, the lowest; a read of a
 * page that was never touched makes the target map its zero page there.
 */
export const findArenas = (
  regions: Iterable<Region>,
  read: (address: number, length: number) => Uint8Array,
): Span[] => {
  const firsts: Heap[] = []
  // one heap has one next: two that claim the same prev lose one label
  const next = new Map<number, Heap>()
  for (const at of aligned(regions)) {
    const heap = heapAt(at, read(at, HeapInfo.size))
    if (heap === undefined) continue
    if (isFirst(heap)) firsts.push(heap)
    else next.set(heap.prev, heap)
  }
  return firsts.flatMap((first, index) => chain(first, next, index + 1))
}

/** No cycle can be met: every heap but the first is after just one other. */
const chain = (
  first: Heap,
  next: ReadonlyMap<number, Heap>,
  id: number,
): Span[] => {
  const spans: Span[] = []
  let heap: Heap | undefined = first
  while (heap?.arena === first.arena) {
    const { at: start } = heap
    spans.push({ start, end: start + HeapMax, kind: 'arena', id })
    heap = next.get(start)
  }
  return spans
}
