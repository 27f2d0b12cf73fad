/**
 * Process Environment Block, of the process's own width; a WoW64 process has
 * one of each. Source: phnt's ntpebteb.h, whose offsets its own asserts check.
 * Sure for x64 and x86, Windows 7 to 11; ARM64 is x64's.
 */
import { layout, n64, u16, u32 } from './layout.ts'
import type { ByWidth, Numbers, Since } from './memory.ts'

type PebField =
  | 'ProcessParameters'
  | 'ProcessHeap'
  | 'ApiSetMap'
  | 'ReadOnlySharedMemoryBase'
  | 'SharedData'
  | 'AnsiCodePageData'
  | 'NumberOfHeaps'
  | 'MaximumNumberOfHeaps'
  | 'ProcessHeaps'
  | 'GdiSharedHandleTable'
  | 'OSBuildNumber'
  | 'pShimData'
  | 'ActivationContextData'
  | 'SystemDefaultActivationContextData'

/**
 * What all builds have, up to the last field that is needed: Crashpad records
 * no more than 0x354 bytes of a 64-bit one.
 */
export const Peb: ByWidth<Numbers<PebField>> = {
  8: layout(0x310, {
    ProcessParameters: [0x020, n64], // RTL_USER_PROCESS_PARAMETERS
    ProcessHeap: [0x030, n64], // the default heap
    ApiSetMap: [0x068, n64], // API_SET_NAMESPACE
    ReadOnlySharedMemoryBase: [0x088, n64], // CSRSS's section
    SharedData: [0x090, n64], // SILO_USER_SHARED_DATA; 0 before 1607
    AnsiCodePageData: [0x0a0, n64], // NLS table
    NumberOfHeaps: [0x0e8, u32], // since 24H2: 1, see HeapDescriptor
    MaximumNumberOfHeaps: [0x0ec, u32], // pointers that ProcessHeaps has room for
    ProcessHeaps: [0x0f0, n64], // NumberOfHeaps pointers
    GdiSharedHandleTable: [0x0f8, n64],
    OSBuildNumber: [0x120, u16], // what a compatibility mode pretends
    pShimData: [0x2d8, n64],
    ActivationContextData: [0x2f8, n64], // of the process
    SystemDefaultActivationContextData: [0x308, n64],
  }),
  4: layout(0x204, {
    ProcessParameters: [0x010, u32],
    ProcessHeap: [0x018, u32],
    ApiSetMap: [0x038, u32],
    ReadOnlySharedMemoryBase: [0x04c, u32],
    SharedData: [0x050, u32],
    AnsiCodePageData: [0x058, u32],
    NumberOfHeaps: [0x088, u32],
    MaximumNumberOfHeaps: [0x08c, u32],
    ProcessHeaps: [0x090, u32],
    GdiSharedHandleTable: [0x094, u32],
    OSBuildNumber: [0x0ac, u16],
    pShimData: [0x1e8, u32],
    ActivationContextData: [0x1f8, u32],
    SystemDefaultActivationContextData: [0x200, u32],
  }),
}

/** WER_PEB_HEADER_BLOCK, Windows 7 to 11. */
export const PebWer: ByWidth<Numbers<'WerRegistrationData'>> = {
  8: layout(0x360, { WerRegistrationData: [0x358, n64] }),
  4: layout(0x234, { WerRegistrationData: [0x230, u32] }),
}

/** Absent before 1709: what is there then is whatever follows in the page. */
export const PebTelemetry: ByWidth<
  readonly Since<Numbers<'TelemetryCoverageHeader'>>[]
> = {
  8: [
    {
      since: 16299,
      layout: layout(0x7a8, { TelemetryCoverageHeader: [0x7a0, n64] }),
    },
  ],
  4: [
    {
      since: 16299,
      layout: layout(0x460, { TelemetryCoverageHeader: [0x45c, u32] }),
    },
  ],
}

/** Absent before 1809. */
export const PebLeapSecond: ByWidth<
  readonly Since<Numbers<'LeapSecondData'>>[]
> = {
  8: [
    { since: 17763, layout: layout(0x7c0, { LeapSecondData: [0x7b8, n64] }) },
  ],
  4: [
    { since: 17763, layout: layout(0x474, { LeapSecondData: [0x470, u32] }) },
  ],
}
