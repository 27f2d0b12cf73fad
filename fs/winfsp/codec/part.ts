/**
 * A BUF, FSP_FSCTL_TRANSACT_BUF: two u16, taken as one u32. Offset and size
 * are in bytes; the offset is from Buffer, not from the structure's start.
 */
export const partOf = (offset: number, size: number): number =>
  ((size << 16) | offset) >>> 0

export const offsetOf = (part: number): number => part & 0xffff

/** 0: absent. */
export const sizeOf = (part: number): number => part >>> 16
