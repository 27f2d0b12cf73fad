import { Errno } from '../errno.ts'
import type { Width } from '../nt/memory.ts'
import {
  architectures,
  MINIDUMP_HEADER,
  MINIDUMP_SYSTEM_INFO,
  platforms,
  VER_PLATFORM_WIN32_NT,
} from '../nt/minidump.ts'
import {
  MINIDUMP_MISC1_PROCESS_ID,
  MINIDUMP_MISC1_PROCESS_TIMES,
  MINIDUMP_MISC_INFO,
} from '../nt/minidumpprocess.ts'
import { placeOf, type Dump } from './directory.ts'
import { malformed, structureAt } from './source.ts'
import { stringsOf } from './strings.ts'

/** Whose dump it is. */
export interface Identity {
  readonly pid: number
  /** `Windows`, or another that `winprocfs dump` ran on. */
  readonly system: string
  /** Seconds since 1970; 0 where the dump does not tell. */
  readonly start: bigint
  /** When the dump was made, by its header; likewise. */
  readonly written: bigint
  /** As many as the machine had; 0 where the dump does not tell. */
  readonly processors: number
  readonly architecture: string
  /** Bytes of a pointer of that. */
  readonly width: Width
  /** Of Windows: 10 and 0 of all since 2015. */
  readonly major: number
  readonly minor: number
  /** Of Windows: 7601, 19045, 26100. */
  readonly build: number
  /** `Service Pack 1`, or ''. */
  readonly servicePack: string
}

const hex = (number: number): string => `0x${number.toString(16)}`

/**
 * Of SystemInfo and MiscInfo. EINVAL for a dump of another system, unless it
 * is one of our own, or of a processor that we do not know; EIO for one that does not tell its process.
 */
export const identityOf = (dump: Dump): Identity => {
  const { source } = dump
  const system = structureAt(
    source,
    MINIDUMP_SYSTEM_INFO,
    placeOf(dump, 'SystemInfo', MINIDUMP_SYSTEM_INFO.size).at,
  )
  const platform = system.PlatformId
  if (platform !== VER_PLATFORM_WIN32_NT && !dump.places.has('OwnRegions'))
    throw new Errno(
      'EINVAL',
      `${source.name}: a dump of ${platforms[platform] ?? 'an unknown system'} (PlatformId ${hex(platform)}), not of Windows`,
    )
  const architecture = architectures[system.ProcessorArchitecture]
  if (architecture === undefined)
    throw new Errno(
      'EINVAL',
      `${source.name}: of an unknown ProcessorArchitecture, ${system.ProcessorArchitecture}`,
    )
  const misc = structureAt(
    source,
    MINIDUMP_MISC_INFO,
    placeOf(dump, 'MiscInfo', MINIDUMP_MISC_INFO.size).at,
  )
  const flags = misc.Flags1
  if (!(flags & MINIDUMP_MISC1_PROCESS_ID) || misc.ProcessId === 0)
    throw malformed(source, 'MiscInfo: it does not tell its ProcessId')
  return {
    pid: misc.ProcessId,
    system: platforms[platform] ?? 'Windows',
    start: BigInt(
      flags & MINIDUMP_MISC1_PROCESS_TIMES ? misc.ProcessCreateTime : 0,
    ),
    written: BigInt(structureAt(source, MINIDUMP_HEADER, 0).TimeDateStamp),
    processors: system.NumberOfProcessors,
    architecture,
    width: architecture === 'x64' || architecture === 'arm64' ? 8 : 4,
    major: system.MajorVersion,
    minor: system.MinorVersion,
    build: system.BuildNumber,
    servicePack:
      system.CSDVersionRva === 0
        ? ''
        : stringsOf(source, 'SystemInfo')(system.CSDVersionRva),
  }
}
