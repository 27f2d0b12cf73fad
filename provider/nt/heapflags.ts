/**
 * `_HEAP.Flags`, `_SEGMENT_HEAP.GlobalFlags`, and Wine's `flags`. winnt.h and
 * phnt's ntrtl.h; those from `PageAllocations` on as Wine names them.
 */
export const HeapFlag = {
  NoSerialize: 0x1,
  Growable: 0x2,
  TailChecking: 0x20,
  FreeChecking: 0x40,
  EnableExecute: 0x4_0000,
  PageAllocations: 0x100_0000,
  ValidateAll: 0x2000_0000,
  ValidateParameters: 0x4000_0000,
} as const
