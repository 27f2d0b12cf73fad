import { n64 } from '../nt/layout.ts'
import { viewOf } from '../nt/memory.ts'
import {
  RTL_OSVERSIONINFOW,
  SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION,
  SYSTEM_TIMEOFDAY_INFORMATION,
  SystemInfo,
} from '../nt/query.ts'
import { kernel32 } from './kernel32.ts'
import type { Ntdll } from './ntdll.ts'
import { ofStatus } from './status.ts'

/** FILETIMEs. */
export interface Times {
  readonly boot: bigint
  readonly now: bigint
}

export const timesOf = (ntdll: Ntdll): Times => {
  const bytes = new Uint8Array(SYSTEM_TIMEOFDAY_INFORMATION.size)
  const status = ntdll.NtQuerySystemInformation(
    SystemInfo.TimeOfDay,
    bytes,
    bytes.length,
    null,
  )
  if (status < 0) throw ofStatus(status, 'time of day')
  const { BootTime, CurrentTime } = SYSTEM_TIMEOFDAY_INFORMATION.view(
    viewOf(bytes),
  )
  return { boot: BootTime, now: CurrentTime }
}

/** As many as one group can have. */
const processors = 64

/**
 * Seconds that all processors were idle, together. Approximation: of a machine
 * with more than 64, those of the group that we run in.
 */
export const idleOf = (ntdll: Ntdll): number => {
  const { size } = SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION
  const bytes = new Uint8Array(size * processors)
  const status = ntdll.NtQuerySystemInformation(
    SystemInfo.ProcessorPerformance,
    bytes,
    bytes.length,
    null,
  )
  if (status < 0) throw ofStatus(status, 'times of processors')
  const view = SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION.view(viewOf(bytes))
  let idle = 0
  for (; view.at < bytes.length; view.at += size) idle += view.IdleTime
  return idle / 1e7
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
