/**
 * Structures of Wine's heap (dlls/ntdll/heap.c). Wine 8.0, 64-bit: measured in
 * a running one; all else from its sources of 8.0, 9.0 and 10.
 */
import { layout, n64, u32 } from './layout.ts'
import type { ByWidth, Numbers } from './memory.ts'

/** `heap.ffeeffee`, where a segment of Windows has its signature. */
export const WineSignature = 0xffeeffee

/** `heap.magic`: 'HEAP'. */
export const WineMagic = 0x50414548

/** `heap.compat_info`, as HeapCompatibilityInformation tells it. */
export const WineLowFragmentation = 2

type WineHeapField =
  | 'ffeeffee'
  | 'flags'
  | 'force_flags'
  | 'entry'
  | 'subheap_list'
  | 'large_list'
  | 'magic'

/** Told apart by where the magic is; oldest first. */
export const WineHeap: ByWidth<
  readonly (Numbers<WineHeapField> | Numbers<WineHeapField | 'compat_info'>)[]
> = {
  8: [
    // 8.0
    layout(0xbc, {
      ffeeffee: [0x10, u32],
      flags: [0x70, u32], // HeapFlag
      force_flags: [0x74, u32],
      entry: [0x78, n64], // on the process's list; its head, in the default heap
      subheap_list: [0x88, n64], // head of WineSubheap.entry
      large_list: [0x98, n64], // head of the entries in large blocks
      magic: [0xb8, u32],
    }),
    // 9 and 10
    layout(0xc4, {
      ffeeffee: [0x10, u32],
      flags: [0x70, u32],
      force_flags: [0x74, u32],
      compat_info: [0x78, u32], // 2: with a low-fragmentation front
      entry: [0x80, n64],
      subheap_list: [0x90, n64],
      large_list: [0xa0, n64],
      magic: [0xc0, u32],
    }),
  ],
  4: [
    layout(0x6c, {
      ffeeffee: [0x08, u32],
      flags: [0x40, u32],
      force_flags: [0x44, u32],
      entry: [0x48, u32],
      subheap_list: [0x50, u32],
      large_list: [0x58, u32],
      magic: [0x68, u32],
    }),
    layout(0x70, {
      ffeeffee: [0x08, u32],
      flags: [0x40, u32],
      force_flags: [0x44, u32],
      compat_info: [0x48, u32],
      entry: [0x4c, u32],
      subheap_list: [0x54, u32],
      large_list: [0x5c, u32],
      magic: [0x6c, u32],
    }),
  ],
}

/** `SUBHEAP`: at the start of its allocation, the first one in the heap. */
export const WineSubheap: ByWidth<Numbers<'entry' | 'user_value'>> = {
  8: layout(0x38, {
    entry: [0x20, n64], // on heap.subheap_list
    user_value: [0x30, n64], // the heap
  }),
  4: layout(0x18, {
    entry: [0x0c, u32],
    user_value: [0x14, u32],
  }),
}
