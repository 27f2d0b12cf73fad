/**
 * Structures of the segment heap. Its lists of segments are not here: they are
 * found in the header by what they are (space/heaps/segmentheap.ts).
 */
import { layout, n64, u32 } from './layout.ts'
import type { ByWidth, Numbers, Since } from './memory.ts'

/** `_SEGMENT_HEAP.Signature`. */
export const SegmentHeapSignature = 0xddeeddee

/** `_SEGMENT_HEAP`, Windows 8.1 to 11 24H2. Sure: ntdiff, Vergilius. */
export const SegmentHeap: ByWidth<Numbers<'Signature' | 'GlobalFlags'>> = {
  8: layout(0x18, {
    Signature: [0x10, u32],
    GlobalFlags: [0x14, u32], // HeapFlag
  }),
  4: layout(0x10, {
    Signature: [0x08, u32],
    GlobalFlags: [0x0c, u32],
  }),
}

/** As of `HeapContext`; the x86 row is derived. */
export const SegmentHeapContext: ByWidth<
  readonly Since<Numbers<'UserContext'>>[]
> = {
  8: [{ since: 26100, layout: layout(0x40, { UserContext: [0x38, n64] }) }],
  4: [{ since: 26100, layout: layout(0x28, { UserContext: [0x24, u32] }) }],
}

const tree64 = (offset: number): Numbers<'Root'> =>
  layout(offset + 8, { Root: [offset, n64] })

const tree32 = (offset: number): Numbers<'Root'> =>
  layout(offset + 4, { Root: [offset, u32] })

/**
 * `_SEGMENT_HEAP.LargeAllocMetadata`, RTL_RB_TREE: its root, a HeapLargeData.
 * PDB dumps of 8.1, 1607, 1703, 1709, 1803, 1809 (ntdiff) and of 1903 to 24H2
 * (Vergilius; which build is inferred from the fields). x86 of 1607, 1809 and
 * 1903 only; taken to hold until the next row.
 */
export const LargeAllocMetadata: ByWidth<readonly Since<Numbers<'Root'>>[]> = {
  8: [
    { since: 9600, layout: tree64(0x30) },
    { since: 10240, layout: tree64(0x38) },
    { since: 16299, layout: tree64(0x50) },
    { since: 17763, layout: tree64(0x88) },
    { since: 18362, layout: tree64(0x48) },
  ],
  4: [
    { since: 10240, layout: tree32(0x24) },
    { since: 17763, layout: tree32(0x50) },
    { since: 18362, layout: tree32(0x44) },
  ],
}

/** `_HEAP_LARGE_ALLOC_DATA`. Sure: MemProcFS reads it by its PDB. */
export const HeapLargeData: ByWidth<
  Numbers<'Left' | 'Right' | 'ParentValue' | 'VirtualAddress'>
> = {
  8: layout(0x28, {
    Left: [0x00, n64],
    Right: [0x08, n64],
    ParentValue: [0x10, n64], // the low two bits are the node's colour
    VirtualAddress: [0x18, n64], // the low 16 bits are UnusedBytes
  }),
  4: layout(0x14, {
    Left: [0x00, u32],
    Right: [0x04, u32],
    ParentValue: [0x08, u32],
    VirtualAddress: [0x0c, u32],
  }),
}
