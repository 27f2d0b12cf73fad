import { MemoryMappedFilenameInformation } from '../nt/virtual.ts'
import { ntdll } from './ntdll.ts'
import { ofStatus, Status } from './status.ts'
import { textOf } from './text.ts'

/**
 * The NT path of the file that is mapped at an AllocationBase of a process:
 * `\Device\HarddiskVolume3\x`, under Wine `\??\Z:\x`. Undefined where there is
 * none, as of a section of the paging file (STATUS_FILE_INVALID), and where it
 * is not told. ESRCH: the process has ended; that it may also tell none then is
 * for the walk to find out.
 *
 * A name ends where it has a NUL: Wine 8.0 counts one in `l_intl.nls`.
 *
 * The handle needs PROCESS_QUERY_INFORMATION.
 */
export const mappedName = (
  process: number,
  base: number,
  query: typeof ntdll.NtQueryVirtualMemory = ntdll.NtQueryVirtualMemory,
): string | undefined => {
  const kind = MemoryMappedFilenameInformation
  let status = 0
  const text = textOf(
    buffer =>
      (status = query(process, base, kind, buffer, buffer.length, null)),
  )
  if (status === Status.ProcessIsTerminating)
    throw ofStatus(status, `name of 0x${base.toString(16)}`)
  return text?.split('\0', 1)[0] || undefined
}
