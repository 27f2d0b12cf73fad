/**
 * What a minidump tells of threads beside ThreadList: minidumpapiset.h, as in
 * nt/minidump.ts. Times are in units of 100 ns.
 */
import { layout, n64, u32, u64 } from './layout.ts'

/** The entries begin after SizeOfHeader bytes, SizeOfEntry bytes apart. */
export const MINIDUMP_THREAD_INFO_LIST = layout(0x0c, {
  SizeOfHeader: [0x00, u32],
  SizeOfEntry: [0x04, u32],
  NumberOfEntries: [0x08, u32],
})

export const MINIDUMP_THREAD_INFO = layout(0x40, {
  ThreadId: [0x00, u32],
  DumpFlags: [0x04, u32], // MINIDUMP_THREAD_INFO_*: what could not be told
  CreateTime: [0x10, u64], // FILETIME
  ExitTime: [0x18, u64], // FILETIME; 0 of one that runs
  KernelTime: [0x20, n64],
  UserTime: [0x28, n64],
})

/** MINIDUMP_THREAD_INFO_INVALID_INFO, all but the id is left out. */
export const MINIDUMP_THREAD_INFO_INVALID_INFO = 0x8

/** Packed to 4 bytes as all of them: no gap after the id. */
export const MINIDUMP_THREAD_NAME = layout(0x0c, {
  ThreadId: [0x00, u32],
  RvaOfThreadName: [0x04, n64], // of a MINIDUMP_STRING
})
