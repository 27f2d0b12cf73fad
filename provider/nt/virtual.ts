/**
 * What NtQueryVirtualMemory fills in, for a 64-bit caller, of targets of
 * either width. Source: winnt.h, phnt's ntmmapi.h. Sure for x64 and ARM64,
 * Windows 7 to 11.
 */
import { layout, n64, u32 } from './layout.ts'

/** MEMORY_INFORMATION_CLASS. */
export const MemoryBasicInformation = 0
/** A UNICODE_STRING, and behind it the NT path that it points to. */
export const MemoryMappedFilenameInformation = 2

/** One run of pages that are alike, from the page that was asked for. */
export const MEMORY_BASIC_INFORMATION = layout(0x30, {
  BaseAddress: [0x00, n64],
  AllocationBase: [0x08, n64], // anything if State is MEM_FREE
  AllocationProtect: [0x10, u32], // PAGE_*
  RegionSize: [0x18, n64], // bytes
  State: [0x20, u32], // MEM_COMMIT, MEM_RESERVE, MEM_FREE
  Protect: [0x24, u32], // PAGE_*; 0 if reserved
  Type: [0x28, u32], // MEM_PRIVATE, MEM_MAPPED, MEM_IMAGE; 0 if free
})
