/**
 * What a minidump tells of the process as a whole: minidumpapiset.h, as in
 * nt/minidump.ts.
 */
import { i32, layout, n64, u16, u32, u64 } from './layout.ts'

/** Each bit of Flags1 says that a part of MINIDUMP_MISC_INFO_N is set. */
export const MINIDUMP_MISC1_PROCESS_ID = 0x1
export const MINIDUMP_MISC1_PROCESS_TIMES = 0x2
export const MINIDUMP_MISC3_PROCESS_INTEGRITY = 0x10
export const MINIDUMP_MISC3_TIMEZONE = 0x40
export const MINIDUMP_MISC3_PROTECTED_PROCESS = 0x80
export const MINIDUMP_MISC4_BUILDSTRING = 0x100

/**
 * The first version; each later one begins with the one before. What the
 * second adds is of the processor's speed, and the fifth where a CONTEXT has
 * its registers: neither is read.
 */
export const MINIDUMP_MISC_INFO = layout(0x18, {
  SizeOfInfo: [0x00, u32], // bytes: which version it is
  Flags1: [0x04, u32], // which of the fields are set
  ProcessId: [0x08, u32],
  ProcessCreateTime: [0x0c, u32], // time_t
  ProcessUserTime: [0x10, u32], // seconds
  ProcessKernelTime: [0x14, u32], // seconds
})

/** Names of time zones are 32 UTF-16 units, each. */
export const MINIDUMP_MISC_INFO_3 = layout(0xe8, {
  ProcessIntegrityLevel: [0x2c, u32], // SECURITY_MANDATORY_*_RID
  ProtectedProcess: [0x34, u32], // 1 if so
  TimeZoneId: [0x38, u32], // TIME_ZONE_ID_STANDARD 1, _DAYLIGHT 2
  Bias: [0x3c, i32], // minutes; local time + bias = UTC
  StandardName: [0x40, u16], // the first unit of it
  StandardBias: [0x90, i32], // minutes more in standard time
  DaylightName: [0x94, u16], // the first unit of it
  DaylightBias: [0xe4, i32], // minutes more in daylight time
})

/** Bytes of StandardName, of DaylightName. */
export const zoneNameSize = 0x40

/** Both are of UTF-16, up to a NUL. */
export const MINIDUMP_MISC_INFO_4 = layout(0x340, {
  BuildString: [0xe8, u16], // 260 units: `22621.1 (WinBuild.160101.0800)`
  DbgBldStr: [0x2f0, u16], // 40 units: of the dbghelp that wrote it
})

/** Bytes of BuildString, of DbgBldStr. */
export const buildStringSize = 0x208
export const dbgBldStrSize = 0x50

export const MINIDUMP_UNLOADED_MODULE_LIST = layout(0x0c, {
  SizeOfHeader: [0x00, u32],
  SizeOfEntry: [0x04, u32],
  NumberOfEntries: [0x08, u32],
})

export const MINIDUMP_UNLOADED_MODULE = layout(0x18, {
  BaseOfImage: [0x00, n64],
  SizeOfImage: [0x08, u32], // bytes
  CheckSum: [0x0c, u32],
  TimeDateStamp: [0x10, u32],
  ModuleNameRva: [0x14, u32], // of a MINIDUMP_STRING
})

export const MINIDUMP_HANDLE_DATA_STREAM = layout(0x10, {
  SizeOfHeader: [0x00, u32],
  SizeOfDescriptor: [0x04, u32], // that of the second version is 0x28
  NumberOfDescriptors: [0x08, u32],
})

/** The second version adds information on objects, of few types. */
export const MINIDUMP_HANDLE_DESCRIPTOR = layout(0x20, {
  Handle: [0x00, n64],
  TypeNameRva: [0x08, u32], // of a MINIDUMP_STRING; 0: unknown
  ObjectNameRva: [0x0c, u32], // of a MINIDUMP_STRING; 0: it has none
  Attributes: [0x10, u32], // OBJ_*
  GrantedAccess: [0x14, u32],
  HandleCount: [0x18, u32],
  PointerCount: [0x1c, u32],
})

/**
 * The second revision has more, which Flags tell; what is here is alike, and
 * where the kernel's VM_COUNTERS_EX has it.
 */
export const MINIDUMP_PROCESS_VM_COUNTERS = layout(0x50, {
  Revision: [0x00, u16], // 1 or 2
  PageFaultCount: [0x04, u32],
  PeakWorkingSetSize: [0x08, n64], // bytes
  WorkingSetSize: [0x10, n64], // bytes
  PagefileUsage: [0x38, n64], // bytes
  PeakPagefileUsage: [0x40, n64], // bytes
})

/** Then come ListHeaderSize - 16 bytes, then the tokens. */
export const MINIDUMP_TOKEN_INFO_LIST = layout(0x10, {
  TokenListSize: [0x00, u32], // bytes of all
  TokenListEntries: [0x04, u32],
  ListHeaderSize: [0x08, u32], // bytes up to the first token
  ElementHeaderSize: [0x0c, u32], // bytes of a token's header and its places
})

/**
 * What minidumpapiset.h has of a token is its first three fields. The places
 * that follow, of parts of it, are as dbghelp of Windows 7 wrote them: bytes
 * from the start of the token, and how many.
 */
export const MINIDUMP_TOKEN_INFO_HEADER = layout(0x28, {
  TokenSize: [0x00, u32], // bytes up to the next token
  TokenId: [0x04, u32], // of the process, or of a thread that impersonates
  TokenHandle: [0x08, u64],
  SessionAt: [0x10, u32], // of a u32
  SessionSize: [0x14, u32],
  UserAt: [0x18, u32], // of 8 bytes and then a SID
  UserSize: [0x1c, u32],
  GroupsAt: [0x20, u32],
  GroupsSize: [0x24, u32],
})

/** The next place: of 4 bytes, and then the SID of the primary group. */
export const MINIDUMP_TOKEN_PRIMARY_GROUP = layout(0x30, {
  PrimaryGroupAt: [0x28, u32],
  PrimaryGroupSize: [0x2c, u32],
})
