import { viewOf } from '../nt/memory.ts'
import { UNICODE_STRING } from '../nt/unicode.ts'
import { utf16 } from '../nt/utf16.ts'
import { MemoryMappedFilenameInformation } from '../nt/virtual.ts'
import { ntdll } from './ntdll.ts'
import { ofStatus, Status } from './status.ts'

const head = UNICODE_STRING[8]

/**
 * The one buffer, in which every UNICODE_STRING has room with its 65,535 bytes:
 * no name is asked for twice.
 */
const buffer = new Uint8Array(head.size + 0x1_0000)
const string = head.view(viewOf(buffer))

/**
 * The NT path of the file that is mapped at an AllocationBase of a process:
 * `\Device\HarddiskVolume3\x`, under Wine `\??\Z:\x`. Undefined where there is
 * none, as of a section of the paging file (STATUS_FILE_INVALID), and where it
 * is not told. ESRCH: the process has ended; that it may also tell none then is
 * for the walk to find out.
 *
 * A name ends where it has a NUL: Wine 8.0 counts one in `l_intl.nls`.
 *
 * The handle needs PROCESS_QUERY_INFORMATION. The text is taken from right
 * behind the UNICODE_STRING, where Windows and Wine put it, and not by its
 * Buffer, an address that JavaScript cannot compare.
 */
export const mappedName = (
  process: number,
  base: number,
  query: typeof ntdll.NtQueryVirtualMemory = ntdll.NtQueryVirtualMemory,
): string | undefined => {
  const kind = MemoryMappedFilenameInformation
  const status = query(process, base, kind, buffer, buffer.length, null)
  if (status === Status.ProcessIsTerminating)
    throw ofStatus(status, `name of 0x${base.toString(16)}`)
  if (status < 0) return undefined
  const text = utf16(buffer.subarray(head.size, head.size + string.Length))
  const [name] = text.split('\0', 1)
  return name || undefined
}
