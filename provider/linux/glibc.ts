/**
 * Structures of glibc's allocator, 64-bit.
 * https://sourceware.org/git/?p=glibc.git;a=blob;f=malloc/arena.c
 */
import { layout, n64 } from '../nt/layout.ts'

/**
 * HEAP_MAX_SIZE, 2 * DEFAULT_MMAP_THRESHOLD_MAX: what each heap of an arena
 * reserves, and how it is aligned. 1 MiB for 32-bit programs and four large
 * pages under the tunable glibc.malloc.hugetlb=2: those are not recognized.
 */
export const HeapMax = 1 << 26

/** `struct _heap_info`: at the start of each heap, 64 MiB-aligned. */
export const HeapInfo = layout(0x28, {
  ar_ptr: [0x00, n64], // arena of this heap
  prev: [0x08, n64], // heap_info of the arena's heap before this, or 0
  size: [0x10, n64], // bytes in use, a multiple of the page size
  mprotect_size: [0x18, n64], // bytes that are read-write; at least size
  pagesize: [0x20, n64], // since 2.35; the arena's first word before that
})

/**
 * Where the arena (`struct malloc_state`) begins in its first heap: behind
 * heap_info, which is 0x20 bytes up to 2.34 and 0x30 bytes, with `pagesize`
 * and padding, since.
 */
export const ArenaAt = { before235: 0x20, since235: 0x30 } as const
