/**
 * Structures of the NT heap. Sources: PDB dumps (ntdiff, Vergilius) for x64 of
 * Windows 7, 8.1, 10 and x86 of 10; System Informer's and MemProcFS's readings
 * of the segment. None of these fields is encoded: only block headers are.
 */
import { layout, n64, u32, u8 } from './layout.ts'
import type { ByWidth, Numbers, Since } from './memory.ts'

/** `_HEAP.Signature` and `_HEAP_SEGMENT.SegmentSignature`. */
export const HeapSignature = 0xeeffeeff
export const SegmentSignature = 0xffeeffee

/** `_HEAP_SEGMENT.SegmentFlags`: HEAP_USER_ALLOCATED, the caller's memory. */
export const UserAllocated = 1

/**
 * `_HEAP_SEGMENT`: what each segment begins with, and the heap itself with its
 * first one. Sure, Vista to 11 24H2. (XP's and 2003's differ: not recognized.)
 */
export const HeapSegment: ByWidth<
  Numbers<
    | 'SegmentSignature'
    | 'SegmentFlags'
    | 'SegmentListEntry'
    | 'Heap'
    | 'BaseAddress'
    | 'NumberOfPages'
  >
> = {
  8: layout(0x70, {
    SegmentSignature: [0x10, u32],
    SegmentFlags: [0x14, u32],
    SegmentListEntry: [0x18, n64], // on _HEAP.SegmentList
    Heap: [0x28, n64], // the owner; itself, in the first segment
    BaseAddress: [0x30, n64],
    NumberOfPages: [0x38, u32], // reserved ones, of 4096 bytes
  }),
  4: layout(0x40, {
    SegmentSignature: [0x08, u32],
    SegmentFlags: [0x0c, u32],
    SegmentListEntry: [0x10, u32],
    Heap: [0x18, u32],
    BaseAddress: [0x1c, u32],
    NumberOfPages: [0x20, u32],
  }),
}

type HeapField =
  'Flags' | 'ForceFlags' | 'Signature' | 'VirtualAllocdBlocks' | 'SegmentList'

/**
 * `_HEAP`, as far as its Signature tells the build. x64 sure; x86 of 7 from
 * one dump of its PDB, and as a recorded process has it.
 */
export const Heap: ByWidth<readonly Since<Numbers<HeapField>>[]> = {
  8: [
    {
      since: 7600,
      layout: layout(0x138, {
        Flags: [0x70, u32], // HeapFlag
        ForceFlags: [0x74, u32],
        Signature: [0xa0, u32],
        VirtualAllocdBlocks: [0x118, n64], // head of HeapLarge.Entry
        SegmentList: [0x128, n64], // head of HeapSegment.SegmentListEntry
      }),
    },
    {
      since: 9200,
      layout: layout(0x130, {
        Flags: [0x70, u32],
        ForceFlags: [0x74, u32],
        Signature: [0x98, u32],
        VirtualAllocdBlocks: [0x110, n64],
        SegmentList: [0x120, n64],
      }),
    },
  ],
  4: [
    {
      since: 7600,
      layout: layout(0xb0, {
        Flags: [0x40, u32],
        ForceFlags: [0x44, u32],
        Signature: [0x64, u32],
        VirtualAllocdBlocks: [0xa0, u32],
        SegmentList: [0xa8, u32],
      }),
    },
    {
      since: 9200,
      layout: layout(0xac, {
        Flags: [0x40, u32],
        ForceFlags: [0x44, u32],
        Signature: [0x60, u32],
        VirtualAllocdBlocks: [0x9c, u32],
        SegmentList: [0xa4, u32],
      }),
    },
  ],
}

/** `_HEAP.FrontEndHeapType`: the low-fragmentation heap. */
export const LowFragmentation = 2

type FrontEndField = 'FrontEndHeap' | 'FrontEndHeapType'

/** `_HEAP`, its front end. As sure as the table above. */
export const HeapFrontEnd: ByWidth<readonly Since<Numbers<FrontEndField>>[]> = {
  8: [
    {
      since: 7600,
      layout: layout(0x183, {
        FrontEndHeap: [0x178, n64], // _LFH_HEAP
        FrontEndHeapType: [0x182, u8], // 0, 1 look-aside, 2 low-fragmentation
      }),
    },
    {
      since: 9200,
      layout: layout(0x17b, {
        FrontEndHeap: [0x170, n64],
        FrontEndHeapType: [0x17a, u8],
      }),
    },
    {
      since: 10240,
      layout: layout(0x1a3, {
        FrontEndHeap: [0x198, n64],
        FrontEndHeapType: [0x1a2, u8],
      }),
    },
  ],
  4: [
    {
      since: 7600,
      layout: layout(0xdb, {
        FrontEndHeap: [0xd4, u32],
        FrontEndHeapType: [0xda, u8],
      }),
    },
    {
      since: 9200,
      layout: layout(0xd7, {
        FrontEndHeap: [0xd0, u32],
        FrontEndHeapType: [0xd6, u8],
      }),
    },
    {
      since: 10240,
      layout: layout(0xeb, {
        FrontEndHeap: [0xe4, u32],
        FrontEndHeapType: [0xea, u8],
      }),
    },
  ],
}

/**
 * `_HEAP.UserContext` of the process's first heap: its HeapDescriptor. x64
 * from one debugger's reading of 24H2, x86 derived from it: never seen.
 */
export const HeapContext: ByWidth<readonly Since<Numbers<'UserContext'>>[]> = {
  8: [{ since: 26100, layout: layout(0x190, { UserContext: [0x188, n64] }) }],
  4: [{ since: 26100, layout: layout(0xe0, { UserContext: [0xdc, u32] }) }],
}

/**
 * Where 24H2 keeps its heaps instead of in PEB.ProcessHeaps: a list through
 * one of these per heap, Next and Prev at 0. As sure as HeapContext.
 */
export const HeapDescriptor: ByWidth<Numbers<'Heap'>> = {
  8: layout(0x18, { Heap: [0x10, n64] }),
  4: layout(0x0c, { Heap: [0x08, u32] }),
}
