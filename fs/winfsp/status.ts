import type { Code } from '../../provider/errno.ts'

/**
 * NTSTATUS as the driver is told them: a signed 32-bit number, below 0 for
 * what failed (ntstatus.h). Named as there, in another case.
 */
export const Status = {
  Success: 0,
  /** A Create goes on elsewhere: its path led through a link. */
  Reparse: 0x104,
  /** What was asked for does not fit; as much as fits is given. */
  BufferOverflow: 0x80000005 | 0,
  NoMoreFiles: 0x80000006 | 0,
  InvalidHandle: 0xc0000008 | 0,
  InvalidParameter: 0xc000000d | 0,
  NoSuchDevice: 0xc000000e | 0,
  NoSuchFile: 0xc000000f | 0,
  InvalidDeviceRequest: 0xc0000010 | 0,
  EndOfFile: 0xc0000011 | 0,
  NoMemory: 0xc0000017 | 0,
  AccessDenied: 0xc0000022 | 0,
  BufferTooSmall: 0xc0000023 | 0,
  ObjectNameInvalid: 0xc0000033 | 0,
  ObjectNameNotFound: 0xc0000034 | 0,
  ObjectNameCollision: 0xc0000035 | 0,
  ObjectPathNotFound: 0xc000003a | 0,
  SharingViolation: 0xc0000043 | 0,
  InsufficientResources: 0xc000009a | 0,
  MediaWriteProtected: 0xc00000a2 | 0,
  IoTimeout: 0xc00000b5 | 0,
  FileIsADirectory: 0xc00000ba | 0,
  InternalError: 0xc00000e5 | 0,
  DirectoryNotEmpty: 0xc0000101 | 0,
  NotADirectory: 0xc0000103 | 0,
  NameTooLong: 0xc0000106 | 0,
  TooManyOpenedFiles: 0xc000011f | 0,
  /** A DELETE_ON_CLOSE of what may not be deleted. */
  CannotDelete: 0xc0000121 | 0,
  /** Also what Transact returns once the volume is stopped. */
  Cancelled: 0xc0000120 | 0,
  PipeBroken: 0xc000014b | 0,
  IoDeviceError: 0xc0000185 | 0,
  VolumeDismounted: 0xc000026e | 0,
  NotAReparsePoint: 0xc0000275 | 0,
  ReparsePointNotResolved: 0xc0000280 | 0,
  FileTooLarge: 0xc0000904 | 0,
} as const

/**
 * What a program is told. A process that is gone is a file that is not found:
 * no Win32 error says it better, and whoever crawls the tree while processes
 * come and go expects that one. A wait for walkers that never come is a lack
 * of resources; a warning (STATUS_DEVICE_BUSY) would do as a success to some.
 */
const statuses = {
  EPERM: Status.AccessDenied,
  ENOENT: Status.ObjectNameNotFound,
  ESRCH: Status.ObjectNameNotFound,
  EINTR: Status.Cancelled,
  EIO: Status.IoDeviceError,
  EBADF: Status.InvalidHandle,
  EAGAIN: Status.InsufficientResources,
  ENOMEM: Status.NoMemory,
  EACCES: Status.AccessDenied,
  EBUSY: Status.SharingViolation,
  EEXIST: Status.ObjectNameCollision,
  ENODEV: Status.NoSuchDevice,
  ENOTDIR: Status.NotADirectory,
  EISDIR: Status.FileIsADirectory,
  EINVAL: Status.InvalidParameter,
  EMFILE: Status.TooManyOpenedFiles,
  ENOTTY: Status.InvalidDeviceRequest,
  EFBIG: Status.FileTooLarge,
  EROFS: Status.MediaWriteProtected,
  EPIPE: Status.PipeBroken,
  ENAMETOOLONG: Status.NameTooLong,
  ENOSYS: Status.InvalidDeviceRequest,
  ENOTEMPTY: Status.DirectoryNotEmpty,
  ELOOP: Status.ReparsePointNotResolved,
  ENOTCONN: Status.VolumeDismounted,
  ETIMEDOUT: Status.IoTimeout,
} as const satisfies Record<Code, number>

/** The NTSTATUS that tells a program of this error. */
export const statusOf = (code: Code): number => statuses[code]

/** What WinFsp's own calls fail with; what is not here is EIO. */
const codes: ReadonlyMap<number, Code> = new Map<number, Code>([
  [Status.InvalidHandle, 'EBADF'],
  [Status.InvalidParameter, 'EINVAL'],
  [Status.NoSuchDevice, 'ENODEV'],
  [Status.NoSuchFile, 'ENOENT'],
  [Status.InvalidDeviceRequest, 'ENOSYS'],
  [Status.NoMemory, 'ENOMEM'],
  [Status.AccessDenied, 'EACCES'],
  [Status.ObjectNameInvalid, 'ENOENT'],
  [Status.ObjectNameNotFound, 'ENOENT'],
  [Status.ObjectNameCollision, 'EEXIST'],
  [Status.ObjectPathNotFound, 'ENOENT'],
  [Status.SharingViolation, 'EBUSY'],
  [Status.InsufficientResources, 'ENOMEM'],
  [Status.MediaWriteProtected, 'EROFS'],
  [Status.IoTimeout, 'ETIMEDOUT'],
  [Status.FileIsADirectory, 'EISDIR'],
  [Status.DirectoryNotEmpty, 'ENOTEMPTY'],
  [Status.NotADirectory, 'ENOTDIR'],
  [Status.NameTooLong, 'ENAMETOOLONG'],
  [Status.TooManyOpenedFiles, 'EMFILE'],
  [Status.Cancelled, 'EINTR'],
  [Status.PipeBroken, 'EPIPE'],
  [Status.VolumeDismounted, 'ENOTCONN'],
  [Status.ReparsePointNotResolved, 'ELOOP'],
  [Status.FileTooLarge, 'EFBIG'],
])

/** The error that a failed NTSTATUS stands for. */
export const codeOfStatus = (status: number): Code =>
  codes.get(status | 0) ?? 'EIO'

/** As NT_SUCCESS of ntdef.h: not an error, and no warning. */
export const isSuccess = (status: number): boolean => (status | 0) >= 0
