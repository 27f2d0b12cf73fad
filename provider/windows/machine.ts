import { n64, u32 } from '../nt/layout.ts'
import { viewOf } from '../nt/memory.ts'
import {
  RTL_OSVERSIONINFOW,
  SYSTEM_PERFORMANCE_INFORMATION,
  SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION,
  SYSTEM_TIMEOFDAY_INFORMATION,
  SystemInfo,
} from '../nt/query.ts'
import { kernel32 } from './kernel32.ts'
import type { Ntdll } from './ntdll.ts'
import { ofStatus } from './status.ts'

/** Fills `bytes` with what the kernel tells; throws what it refuses. */
const query = (
  { NtQuerySystemInformation }: Ntdll,
  information: number,
  bytes: Uint8Array,
  what: string,
  returned: Uint8Array | null = null,
): void => {
  const { length } = bytes
  const status = NtQuerySystemInformation(information, bytes, length, returned)
  if (status < 0) throw ofStatus(status, what)
}

/** FILETIMEs. */
export interface Times {
  readonly boot: bigint
  readonly now: bigint
}

export const timesOf = (ntdll: Ntdll): Times => {
  const bytes = new Uint8Array(SYSTEM_TIMEOFDAY_INFORMATION.size)
  query(ntdll, SystemInfo.TimeOfDay, bytes, 'time of day')
  const { BootTime, CurrentTime } = SYSTEM_TIMEOFDAY_INFORMATION.view(
    viewOf(bytes),
  )
  return { boot: BootTime, now: CurrentTime }
}

/** As many as one group can have. */
const processors = 64

/** What a processor did; times are 100 ns. */
export interface Processor {
  readonly idle: number
  /** Less what is counted apart. */
  readonly kernel: number
  readonly user: number
  readonly dpc: number
  readonly interrupt: number
  /** Interrupts; starts over at 2^32. */
  readonly interrupts: number
}

/**
 * All processors. Approximation: of a machine with more than 64, those of the
 * group that we run in.
 */
export const processorsOf = (ntdll: Ntdll): Processor[] => {
  const { size } = SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION
  const bytes = new Uint8Array(size * processors)
  const returned = new Uint8Array(4)
  query(
    ntdll,
    SystemInfo.ProcessorPerformance,
    bytes,
    'times of processors',
    returned,
  )
  const length = Math.min(u32.get(viewOf(returned), 0), bytes.length)
  const view = SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION.view(viewOf(bytes))
  return Array.from({ length: Math.floor(length / size) }, (_, number) => {
    view.at = number * size
    const { IdleTime: idle, DpcTime: dpc, InterruptTime: interrupt } = view
    return {
      idle,
      kernel: Math.max(0, view.KernelTime - idle - dpc - interrupt),
      user: view.UserTime,
      dpc,
      interrupt,
      interrupts: view.InterruptCount,
    }
  })
}

/** Seconds that {@link processorsOf} were idle, together. */
export const idleOf = (ntdll: Ntdll): number =>
  processorsOf(ntdll).reduce((sum, { idle }) => sum + idle, 0) / 1e7

/** Since boot; starts over at 2^32. Wine tells 0. */
export const contextSwitchesOf = (ntdll: Ntdll): number => {
  const bytes = new Uint8Array(SYSTEM_PERFORMANCE_INFORMATION.size)
  query(ntdll, SystemInfo.Performance, bytes, 'performance of the system')
  return SYSTEM_PERFORMANCE_INFORMATION.view(viewOf(bytes)).ContextSwitches
}

export interface Version {
  readonly major: number
  readonly minor: number
  readonly build: number
}

/** The true one, whatever our own manifest or compatibility mode says. */
export const versionOf = (ntdll: Ntdll): Version => {
  const bytes = new Uint8Array(RTL_OSVERSIONINFOW.size)
  const view = RTL_OSVERSIONINFOW.view(viewOf(bytes))
  view.dwOSVersionInfoSize = bytes.length
  const status = ntdll.RtlGetVersion(bytes)
  if (status < 0) throw ofStatus(status, 'version')
  return {
    major: view.dwMajorVersion,
    minor: view.dwMinorVersion,
    build: view.dwBuildNumber,
  }
}

/** Where the hypervisor's shared data is, in every process; 0 if nowhere. */
export const hypervisorSharedData = (ntdll: Ntdll): number => {
  const bytes = new Uint8Array(8)
  const status = ntdll.NtQuerySystemInformation(
    SystemInfo.HypervisorSharedPage,
    bytes,
    bytes.length,
    null,
  )
  return status < 0 ? 0 : n64.get(viewOf(bytes), 0)
}

const exportOf = (name: string): number =>
  kernel32.GetProcAddress(
    kernel32.GetModuleHandleW('ntdll.dll'),
    Buffer.from(`${name}\0`, 'latin1'),
  )

/**
 * Where ntdll.dll has LdrSystemDllInitBlock, in every process; 0 if nowhere.
 * Wine's says that it is as long as Windows's and is not (seen in 8.0).
 */
export const systemDllInitBlock = (): number =>
  exportOf('wine_get_version') === 0 ? exportOf('LdrSystemDllInitBlock') : 0
