/** What programs on Linux are told for what the drive's programs are told. */
import type { Code } from '../../../../provider/errno.ts'
import { Status } from '../abi.ts'

/** NTSTATUS, unsigned, by errno; the values of those without a name here. */
const table: Partial<Record<Code, readonly number[]>> = {
  ENOENT: [
    Status.noSuchFile,
    Status.objectNameNotFound,
    0xc0000033, // OBJECT_NAME_INVALID
    0xc000003a, // OBJECT_PATH_NOT_FOUND
    0xc0000056, // DELETE_PENDING
  ],
  ESRCH: [
    0xc000000b, // INVALID_CID
    0xc000010a, // PROCESS_IS_TERMINATING
  ],
  EINTR: [Status.cancelled],
  EIO: [
    Status.internalError,
    0xc0000185, // IO_DEVICE_ERROR
  ],
  EBADF: [Status.invalidHandle],
  ENOMEM: [
    Status.insufficientResources,
    0xc0000017, // NO_MEMORY
  ],
  EACCES: [
    Status.accessDenied,
    0xc0000061, // PRIVILEGE_NOT_HELD
  ],
  EBUSY: [
    0xc0000043, // SHARING_VIOLATION
  ],
  EEXIST: [Status.objectNameCollision],
  ENODEV: [Status.noSuchDevice, Status.deviceRemoved],
  ENOTDIR: [
    0xc0000103, // NOT_A_DIRECTORY
  ],
  EISDIR: [
    0xc00000ba, // FILE_IS_A_DIRECTORY
  ],
  EINVAL: [
    Status.invalidParameter,
    0xc0000275, // NOT_A_REPARSE_POINT
  ],
  EFBIG: [
    0xc0000904, // FILE_TOO_LARGE
  ],
  EROFS: [Status.mediaWriteProtected],
  ENOSYS: [Status.invalidDeviceRequest, Status.notSupported],
  ELOOP: [Status.reparsePointNotResolved, Status.ioReparseTagNotHandled],
  ETIMEDOUT: [
    0xc00000b5, // IO_TIMEOUT
  ],
}

const codes = new Map(
  Object.entries(table).flatMap(([code, all]) =>
    all.map(status => [status, code as Code] as const),
  ),
)

/** Undefined for a status that nobody foresaw. */
export const codeOfStatus = (status: number): Code | undefined =>
  codes.get(status)
