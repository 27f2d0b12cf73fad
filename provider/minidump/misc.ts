import type { Layout, View } from '../nt/layout.ts'
import {
  buildStringSize,
  dbgBldStrSize,
  MINIDUMP_MISC1_PROCESS_TIMES,
  MINIDUMP_MISC3_PROCESS_INTEGRITY,
  MINIDUMP_MISC3_PROTECTED_PROCESS,
  MINIDUMP_MISC3_TIMEZONE,
  MINIDUMP_MISC4_BUILDSTRING,
  MINIDUMP_MISC_INFO,
  MINIDUMP_MISC_INFO_3,
  MINIDUMP_MISC_INFO_4,
  MINIDUMP_PROCESS_VM_COUNTERS,
  zoneNameSize,
} from '../nt/minidumpprocess.ts'
import { placeOf, type Dump } from './directory.ts'
import { structureAt, viewAt } from './source.ts'
import { textOf } from './strings.ts'

/** What MiscInfo tells besides whose dump it is: what its version has. */
export interface Misc {
  /** Seconds of the processor. */
  readonly user?: number
  readonly kernel?: number
  /** SECURITY_MANDATORY_*_RID: 0x2000 is medium. */
  readonly integrity?: number
  readonly isProtected?: boolean
  /** Minutes that were added to local time to get UTC. */
  readonly zone?: { readonly bias: number; readonly name: string }
  /** `22621.1.amd64fre.ni_release.220506-1250` */
  readonly build?: string
  /** `dbghelp.i386,10.0.22621.1`, what wrote it. */
  readonly writer?: string
}

/** TIME_ZONE_ID_DAYLIGHT */
const daylight = 2

const zoneOf = (
  info: View<typeof MINIDUMP_MISC_INFO_3.fields>,
  nameAt: (at: number) => string,
): NonNullable<Misc['zone']> => {
  const { fields } = MINIDUMP_MISC_INFO_3
  return info.TimeZoneId === daylight
    ? {
        bias: info.Bias + info.DaylightBias,
        name: nameAt(fields.DaylightName[0]),
      }
    : {
        bias: info.Bias + info.StandardBias,
        name: nameAt(fields.StandardName[0]),
      }
}

/** All that is there; a field whose flag is not set is left out. */
export const miscOf = (dump: Dump): Misc => {
  const { at, size } = placeOf(dump, 'MiscInfo', MINIDUMP_MISC_INFO.size)
  const { source } = dump
  const bytes = viewAt(source, at, Math.min(size, MINIDUMP_MISC_INFO_4.size))
  const first = MINIDUMP_MISC_INFO.view(bytes)
  const has = (of: Layout<unknown>, flag: number): boolean =>
    size >= of.size && (first.Flags1 & flag) !== 0
  const text = (at: number, length: number): string =>
    textOf(new Uint8Array(bytes.buffer, at, length))
  const third = MINIDUMP_MISC_INFO_3.view(bytes)
  const { BuildString, DbgBldStr } = MINIDUMP_MISC_INFO_4.fields
  return {
    ...(has(MINIDUMP_MISC_INFO, MINIDUMP_MISC1_PROCESS_TIMES) && {
      user: first.ProcessUserTime,
      kernel: first.ProcessKernelTime,
    }),
    ...(has(MINIDUMP_MISC_INFO_3, MINIDUMP_MISC3_PROCESS_INTEGRITY) && {
      integrity: third.ProcessIntegrityLevel,
    }),
    ...(has(MINIDUMP_MISC_INFO_3, MINIDUMP_MISC3_PROTECTED_PROCESS) && {
      isProtected: third.ProtectedProcess !== 0,
    }),
    ...(has(MINIDUMP_MISC_INFO_3, MINIDUMP_MISC3_TIMEZONE) && {
      zone: zoneOf(third, at => text(at, zoneNameSize)),
    }),
    ...(has(MINIDUMP_MISC_INFO_4, MINIDUMP_MISC4_BUILDSTRING) && {
      build: text(BuildString[0], buildStringSize),
      writer: text(DbgBldStr[0], dbgBldStrSize),
    }),
  }
}

/** What ProcessVmCounters tells; bytes. */
export interface Counters {
  readonly faults: number
  readonly resident: number
  readonly peakResident: number
}

/** Undefined where the stream is not there. */
export const countersOf = (dump: Dump): Counters | undefined => {
  if (!dump.places.has('ProcessVmCounters')) return undefined
  const of = MINIDUMP_PROCESS_VM_COUNTERS
  const { at } = placeOf(dump, 'ProcessVmCounters', of.size)
  const counters = structureAt(dump.source, of, at)
  return {
    faults: counters.PageFaultCount,
    resident: counters.WorkingSetSize,
    peakResident: counters.PeakWorkingSetSize,
  }
}
