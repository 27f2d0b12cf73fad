/**
 * What a process, a thread and the system tell of themselves, to a 64-bit
 * caller. Sources: winternl.h, phnt's ntpsapi.h, ntexapi.h and ntrtl.h. Sure
 * for x64 and ARM64, Windows 7 to 11.
 */
import { i32, layout, n64, u32, u64 } from './layout.ts'

/** PROCESSINFOCLASS. */
export const ProcessInfo = {
  Basic: 0,
  Times: 4,
  Wow64: 26,
  ImageFileName: 27,
  ImageFileNameWin32: 43,
  /** Since 8.1. */
  CommandLine: 60,
} as const

/** THREADINFOCLASS: since 1607. */
export const ThreadNameInformation = 38

/** SYSTEM_INFORMATION_CLASS. */
export const SystemInfo = {
  Performance: 2,
  TimeOfDay: 3,
  ProcessorPerformance: 8,
  /** Since 1803. */
  HypervisorSharedPage: 197,
} as const

/** What is opened by an NtOpen call: nothing but its Length is used here. */
export const OBJECT_ATTRIBUTES = layout(0x30, {
  Length: [0x00, u32], // 0x30
})

export const CLIENT_ID = layout(0x10, {
  UniqueProcess: [0x00, n64],
  UniqueThread: [0x08, n64],
})

/** HANDLE: what an NtOpen call fills in. */
export const HANDLE = layout(0x08, { value: [0x00, n64] })

/**
 * PROCESS_BASIC_INFORMATION is BasicInfo, from 0x08 to 0x38; what is around it
 * only Windows tells that has it.
 */
export const PROCESS_EXTENDED_BASIC_INFORMATION = layout(0x40, {
  Size: [0x00, n64], // 0x40, to be put in
  ExitStatus: [0x08, i32], // STATUS_PENDING as long as it runs
  PebBaseAddress: [0x10, n64],
  UniqueProcessId: [0x28, n64],
  InheritedFromUniqueProcessId: [0x30, n64],
  Flags: [0x38, u32],
})

/** Where PROCESS_BASIC_INFORMATION is in the extended one. */
export const basicInfo = [0x08, 0x38] as const

/** Of its Flags: it has begun to end, and still has its memory. */
export const IsProcessDeleting = 4

export const STATUS_PENDING = 0x103

/** 100 ns in a clock tick: there are 100 in a second. */
export const perTick = 100_000

/** Seconds from 1601, where FILETIMEs begin, to 1970. */
export const epoch = 11_644_473_600

/** FILETIMEs, and 100 ns. */
export const KERNEL_USER_TIMES = layout(0x20, {
  CreateTime: [0x00, u64],
  ExitTime: [0x08, u64], // 0 as long as it runs
  KernelTime: [0x10, n64],
  UserTime: [0x18, n64],
})

/** FILETIMEs, which fit a double to a quarter of a millisecond. */
export const SYSTEM_TIMEOFDAY_INFORMATION = layout(0x30, {
  BootTime: [0x00, u64],
  CurrentTime: [0x08, u64],
})

/** One for each processor. Times are 100 ns. */
export const SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION = layout(0x30, {
  IdleTime: [0x00, n64],
  KernelTime: [0x08, n64], // all of the others but UserTime is in it
  UserTime: [0x10, n64],
  DpcTime: [0x18, n64],
  InterruptTime: [0x20, n64],
  InterruptCount: [0x28, u32],
})

/** As long as since Windows 8.1; older ones, and Wine, fill in less of it. */
export const SYSTEM_PERFORMANCE_INFORMATION = layout(0x158, {
  ContextSwitches: [0x128, u32],
})

export const RTL_OSVERSIONINFOW = layout(0x114, {
  dwOSVersionInfoSize: [0x00, u32], // 0x114, to be put in
  dwMajorVersion: [0x04, u32],
  dwMinorVersion: [0x08, u32],
  dwBuildNumber: [0x0c, u32],
})
