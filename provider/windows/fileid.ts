import type { Region } from '../contract.ts'
import { BY_HANDLE_FILE_INFORMATION } from '../nt/fileid.ts'
import { viewOf } from '../nt/memory.ts'
import { kernel32 } from './kernel32.ts'
import { ntdll } from './ntdll.ts'

/** Which file it is, as stat(2) tells it. */
export type FileId = Required<Pick<Region, 'major' | 'minor' | 'inode'>>

const FILE_READ_ATTRIBUTES = 0x80
const FILE_SHARE_ALL = 0x7
const OPEN_EXISTING = 3
/** Folders, too; and a link is not followed, nor a file fetched from afar. */
const FLAGS = 0x0200_0000 | 0x0020_0000 // BACKUP_SEMANTICS, OPEN_REPARSE_POINT
const INVALID_HANDLE_VALUE = -1

const buffer = new Uint8Array(BY_HANDLE_FILE_INFORMATION.size)
const info = BY_HANDLE_FILE_INFORMATION.view(viewOf(buffer))

/**
 * The file of a path. Opened for its attributes alone, which takes no part in
 * sharing, breaks no lock and reads nothing; undefined if that fails. It takes
 * as long as the file system takes.
 *
 * The device is the volume's serial number, as Cygwin has it: its upper 16 bits
 * are the major number, the lower 16 the minor, so that neither prints wider
 * than the four digits that readers of maps take. ReFS has wider file ids than
 * the 64 bits that are told here, and says that these need not be unique.
 */
export const identify = (path: string): FileId | undefined => {
  const file = kernel32.CreateFileW(
    path,
    FILE_READ_ATTRIBUTES,
    FILE_SHARE_ALL,
    null,
    OPEN_EXISTING,
    FLAGS,
    0,
  )
  if (file === INVALID_HANDLE_VALUE) return undefined
  const isTold = kernel32.GetFileInformationByHandle(file, buffer) !== 0
  ntdll.NtClose(file)
  if (!isTold) return undefined
  const serial = info.dwVolumeSerialNumber
  return {
    major: serial >>> 16,
    minor: serial & 0xffff,
    inode: (BigInt(info.nFileIndexHigh) << 32n) | BigInt(info.nFileIndexLow),
  }
}
