/**
 * Minidumps: the structures of minidumpapiset.h by their own names
 * (https://learn.microsoft.com/windows/win32/api/minidumpapiset/). They are
 * packed to 4 bytes and the same for all architectures; an RVA is an offset
 * into the file. Structures inside of others are written out.
 */
import { layout, n64, u16, u32, u8 } from './layout.ts'

/** `MDMP` */
export const MINIDUMP_SIGNATURE = 0x504d_444d
/** The low half of Version; the high one is the writer's own. */
export const MINIDUMP_VERSION = 0xa793

export const MINIDUMP_HEADER = layout(0x20, {
  Signature: [0x00, u32],
  Version: [0x04, u32],
  NumberOfStreams: [0x08, u32],
  StreamDirectoryRva: [0x0c, u32],
  CheckSum: [0x10, u32], // 0, nobody fills it in
  TimeDateStamp: [0x14, u32], // time_t
  Flags: [0x18, n64], // MINIDUMP_TYPE
})

export const MINIDUMP_DIRECTORY = layout(0x0c, {
  StreamType: [0x00, u32],
  DataSize: [0x04, u32], // bytes
  Rva: [0x08, u32],
})

/**
 * MINIDUMP_STREAM_TYPE, and what makes MiniDumpWriteDump record each: a
 * MINIDUMP_TYPE, of which MiniDumpNormal is part of every other; or who else
 * does. Types above 0xffff (LastReservedStream) are for all to take; our own
 * are those of `winprocfs dump` (provider/minidump/own.ts).
 */
export const streams = {
  ThreadList: [3, 'MiniDumpNormal'],
  ModuleList: [4, 'MiniDumpNormal'],
  MemoryList: [5, 'MiniDumpNormal'],
  Exception: [6, 'MiniDumpNormal, of a crash,'],
  SystemInfo: [7, 'MiniDumpNormal'],
  Memory64List: [9, 'MiniDumpWithFullMemory'],
  HandleData: [12, 'MiniDumpWithHandleData'],
  UnloadedModuleList: [14, 'MiniDumpWithUnloadedModules'],
  MiscInfo: [15, 'MiniDumpNormal'],
  MemoryInfoList: [16, 'MiniDumpWithFullMemoryInfo'],
  ThreadInfoList: [17, 'MiniDumpWithThreadInfo'],
  Token: [19, 'MiniDumpWithTokenInformation'],
  ProcessVmCounters: [22, 'MiniDumpNormal'],
  ThreadNames: [24, 'MiniDumpNormal'],
  OwnRegions: [0x5750_0001, 'winprocfs'],
  OwnSpans: [0x5750_0002, 'winprocfs'],
  CrashpadInfo: [0x4350_0001, 'Crashpad'],
  BreakpadInfo: [0x4767_0001, 'Breakpad'],
  AssertionInfo: [0x4767_0002, 'Breakpad'],
} as const satisfies Record<string, readonly [number, string]>

export type StreamName = keyof typeof streams

/** MINIDUMP_THREAD_LIST, _MODULE_LIST, _MEMORY_LIST: then come the entries. */
export const MINIDUMP_LIST = layout(0x04, {
  NumberOfEntries: [0x00, u32],
})

export const MINIDUMP_THREAD = layout(0x30, {
  ThreadId: [0x00, u32],
  SuspendCount: [0x04, u32],
  PriorityClass: [0x08, u32],
  Priority: [0x0c, u32],
  Teb: [0x10, n64],
  StackStartOfMemoryRange: [0x18, n64], // the stack pointer, about
  StackDataSize: [0x20, u32], // bytes
  StackRva: [0x24, u32], // 0 where Memory64List has it
  ThreadContextDataSize: [0x28, u32],
  ThreadContextRva: [0x2c, u32],
})

/** VersionInfo and the records of CodeView are left out. */
export const MINIDUMP_MODULE = layout(0x6c, {
  BaseOfImage: [0x00, n64],
  SizeOfImage: [0x08, u32], // bytes
  CheckSum: [0x0c, u32],
  TimeDateStamp: [0x10, u32], // time_t, or a hash of the contents
  ModuleNameRva: [0x14, u32], // of a MINIDUMP_STRING
})

/** Then comes Buffer, in UTF-16. */
export const MINIDUMP_STRING = layout(0x04, {
  Length: [0x00, u32], // bytes of Buffer, less its NUL
})

export const MINIDUMP_MEMORY_DESCRIPTOR = layout(0x10, {
  StartOfMemoryRange: [0x00, n64],
  DataSize: [0x08, u32], // bytes
  Rva: [0x0c, u32],
})

/** Then come the descriptors. */
export const MINIDUMP_MEMORY64_LIST = layout(0x10, {
  NumberOfMemoryRanges: [0x00, n64],
  BaseRva: [0x08, n64], // of the first range's bytes; the others' follow it
})

export const MINIDUMP_MEMORY_DESCRIPTOR64 = layout(0x10, {
  StartOfMemoryRange: [0x00, n64],
  DataSize: [0x08, n64], // bytes
})

export const MINIDUMP_MEMORY_INFO_LIST = layout(0x10, {
  SizeOfHeader: [0x00, u32], // bytes up to the first entry
  SizeOfEntry: [0x04, u32], // bytes from one entry to the next
  NumberOfEntries: [0x08, n64],
})

/** A MEMORY_BASIC_INFORMATION, in the order of its addresses. */
export const MINIDUMP_MEMORY_INFO = layout(0x30, {
  BaseAddress: [0x00, n64],
  AllocationBase: [0x08, n64], // anything if State is MEM_FREE
  AllocationProtect: [0x10, u32], // PAGE_*
  RegionSize: [0x18, n64], // bytes
  State: [0x20, u32], // MEM_COMMIT, MEM_RESERVE, MEM_FREE
  Protect: [0x24, u32], // PAGE_*; 0 unless committed
  Type: [0x28, u32], // MEM_PRIVATE, MEM_MAPPED, MEM_IMAGE; 0 if free
})

/** What follows depends on the processor. */
export const MINIDUMP_SYSTEM_INFO = layout(0x20, {
  ProcessorArchitecture: [0x00, u16],
  ProcessorLevel: [0x02, u16],
  ProcessorRevision: [0x04, u16],
  NumberOfProcessors: [0x06, u8],
  ProductType: [0x07, u8],
  MajorVersion: [0x08, u32],
  MinorVersion: [0x0c, u32],
  BuildNumber: [0x10, u32],
  PlatformId: [0x14, u32],
  CSDVersionRva: [0x18, u32], // of a MINIDUMP_STRING, `Service Pack 1`
  SuiteMask: [0x1c, u16],
})

/** ProcessorArchitecture (winnt.h, PROCESSOR_ARCHITECTURE_*). */
export const architectures: Readonly<Record<number, string>> = {
  0: 'x86',
  5: 'arm',
  9: 'x64',
  12: 'arm64',
}

export const VER_PLATFORM_WIN32_NT = 2

/**
 * PlatformId as Breakpad and Crashpad write it elsewhere
 * (breakpad/src/google_breakpad/common/minidump_format.h, MD_OS_*).
 */
export const platforms: Readonly<Record<number, string>> = {
  0x0000: 'Win32s',
  0x0001: 'Windows 95',
  0x8000: 'Unix',
  0x8101: 'macOS',
  0x8102: 'iOS',
  0x8201: 'Linux',
  0x8202: 'Solaris',
  0x8203: 'Android',
  0x8204: 'PlayStation 3',
  0x8205: 'Native Client',
  0x8206: 'Fuchsia',
}
