/**
 * What a minidump tells of a crash: minidumpapiset.h, as in nt/minidump.ts;
 * streams of Breakpad (src/google_breakpad/common/minidump_format.h) and of
 * Crashpad (minidump/minidump_extensions.h).
 */
import { layout, u16, u32, u64 } from './layout.ts'

/** A MINIDUMP_EXCEPTION, and whose it is. */
export const MINIDUMP_EXCEPTION_STREAM = layout(0xa8, {
  ThreadId: [0x00, u32],
  ExceptionCode: [0x08, u32],
  ExceptionFlags: [0x0c, u32], // 1: EXCEPTION_NONCONTINUABLE
  ExceptionRecord: [0x10, u64], // address of the exception before this one
  ExceptionAddress: [0x18, u64],
  NumberParameters: [0x20, u32], // at most 15
  ExceptionInformation0: [0x28, u64],
  ExceptionInformation1: [0x30, u64],
  ThreadContextDataSize: [0xa0, u32],
  ThreadContextRva: [0xa4, u32],
})

/** MDRawBreakpadInfo */
export const BreakpadInfo = layout(0x0c, {
  validity: [0x00, u32], // 1: dump_thread_id is set, 2: requesting_thread_id
  dump_thread_id: [0x04, u32], // of the thread that wrote the dump
  requesting_thread_id: [0x08, u32], // of the one that asked for it
})

/** MDRawAssertionInfo; texts are 128 UTF-16 units each, up to a NUL. */
export const AssertionInfo = layout(0x308, {
  expression: [0x000, u16], // the first unit of it
  function: [0x100, u16], // likewise
  file: [0x200, u16], // likewise
  line: [0x300, u32],
  type: [0x304, u32], // 1: invalid parameter, 2: pure virtual call
})

/** Bytes of each text of {@link AssertionInfo}. */
export const assertionTextSize = 0x100

/** MinidumpCrashpadInfo, of version 1; later writers add to its end. */
export const CrashpadInfo = layout(0x34, {
  version: [0x00, u32],
  simple_annotationsDataSize: [0x24, u32],
  simple_annotationsRva: [0x28, u32], // of a MinidumpSimpleStringDictionary
  module_listDataSize: [0x2c, u32],
  module_listRva: [0x30, u32],
})

/** After the number of them; each names a MinidumpUTF8String. */
export const SimpleStringDictionaryEntry = layout(0x08, {
  key: [0x00, u32],
  value: [0x04, u32],
})
