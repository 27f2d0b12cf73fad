import { ListEntry, entriesOf } from '../../nt/list.ts'
import { layoutOf, structure, viewOf } from '../../nt/memory.ts'
import {
  HeapLargeData,
  LargeAllocMetadata,
  SegmentHeap,
  SegmentHeapContext,
  SegmentHeapSignature,
} from '../../nt/segmentheap.ts'
import { described } from './descriptors.ts'
import type { Side } from '../target.ts'
import { privateAt, type Family } from './heap.ts'

/** Bytes of a header that are searched for heads of lists. */
const searched = 0x400

/** What large blocks and segments are aligned to. */
const granule = 0x1_0000

const downTo = (unit: number, value: number): number => value - (value % unit)

/**
 * Heads of lists of segments in a heap's header, where they are in every
 * build: a head is empty, both its pointers its own address, or its first
 * entry is 64 KiB-aligned in private memory and points back to it.
 */
const headsIn = (side: Side, heap: number): number[] => {
  const { read, width, allocations } = side
  const layout = ListEntry[width]
  const bytes = read(heap, searched)
  const entry = layout.view(viewOf(bytes))
  const heads: number[] = []
  for (; entry.at + layout.size <= bytes.length; entry.at += width) {
    const head = heap + entry.at
    const { Flink, Blink } = entry
    const isHead =
      Flink === head
        ? Blink === head
        : Flink % granule === 0 &&
          allocations.at(Flink)?.type === 'private' &&
          structure(read, layout, Flink)?.Blink === head
    if (isHead) heads.push(head)
  }
  return heads
}

/**
 * Addresses of large blocks: of a tree's nodes, each only if it names as its
 * parent the one it was come from. An encoded tree is not followed, nor any
 * further than the side's reads go.
 */
const largeOf = function* (
  { read, width, build }: Side,
  heap: number,
): Generator<number, void, undefined> {
  const layout = layoutOf(LargeAllocMetadata[width], build)
  const root = layout && structure(read, layout, heap)?.Root
  if (root === undefined) return
  const nodes = [{ at: root, parent: 0 }]
  const met = new Set<number>()
  for (;;) {
    const next = nodes.pop()
    if (next === undefined) return
    const { at, parent } = next
    if (at === 0 || at % width !== 0 || met.has(at)) continue
    met.add(at)
    const node = structure(read, HeapLargeData[width], at)
    if (node === undefined || downTo(4, node.ParentValue) !== parent) continue
    yield downTo(granule, node.VirtualAddress)
    nodes.push({ at: node.Left, parent: at }, { at: node.Right, parent: at })
  }
}

/**
 * The segment heap: the allocation of its header, its segments of 1 MiB and 16
 * MiB, and its large blocks. Its signature is four bytes that anything may
 * hold, so a heap is one only with the head of a list in its header.
 *
 * Approximations: the heap that holds the metadata of large blocks is in no
 * list and is not found. Large blocks of a build between two PDBs that were
 * looked at may be missed.
 */
export const segmentHeap: Family = (side, address) => {
  const { read, width, build } = side
  const header = structure(read, SegmentHeap[width], address)
  if (header?.Signature !== SegmentHeapSignature) return undefined
  const heads = headsIn(side, address)
  if (heads.length === 0) return undefined
  return {
    flags: header.GlobalFlags,
    word: 'segment',
    *pieces() {
      yield* privateAt(side, address)
      for (const head of heads)
        for (const segment of entriesOf(read, width, head))
          if (segment % granule === 0) yield* privateAt(side, segment)
      for (const block of largeOf(side, address))
        yield* privateAt(side, block, true)
    },
    others() {
      const layout = layoutOf(SegmentHeapContext[width], build)
      return described(
        side,
        layout && structure(read, layout, address)?.UserContext,
      )
    },
  }
}
