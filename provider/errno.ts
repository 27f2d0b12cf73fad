/**
 * The one kind of error of this project: a POSIX code, thrown once where the
 * fact is known and mapped to a number or a status only at the edges.
 * Numbers and texts are Linux's (include/uapi/asm-generic/errno*.h, glibc's
 * strerror); a host for another system maps the code, not the number.
 */
const table = {
  EPERM: [1, 'Operation not permitted'],
  ENOENT: [2, 'No such file or directory'],
  ESRCH: [3, 'No such process'],
  EINTR: [4, 'Interrupted system call'],
  EIO: [5, 'Input/output error'],
  EBADF: [9, 'Bad file descriptor'],
  EAGAIN: [11, 'Resource temporarily unavailable'],
  ENOMEM: [12, 'Cannot allocate memory'],
  EACCES: [13, 'Permission denied'],
  EBUSY: [16, 'Device or resource busy'],
  EEXIST: [17, 'File exists'],
  ENODEV: [19, 'No such device'],
  ENOTDIR: [20, 'Not a directory'],
  EISDIR: [21, 'Is a directory'],
  EINVAL: [22, 'Invalid argument'],
  EMFILE: [24, 'Too many open files'],
  ENOTTY: [25, 'Inappropriate ioctl for device'],
  EFBIG: [27, 'File too large'],
  EROFS: [30, 'Read-only file system'],
  EPIPE: [32, 'Broken pipe'],
  ENAMETOOLONG: [36, 'File name too long'],
  ENOSYS: [38, 'Function not implemented'],
  ENOTEMPTY: [39, 'Directory not empty'],
  ELOOP: [40, 'Too many levels of symbolic links'],
  ENOTCONN: [107, 'Transport endpoint is not connected'],
  ETIMEDOUT: [110, 'Connection timed out'],
} as const satisfies Record<string, readonly [number, string]>

export type Code = keyof typeof table

/** The Linux number of a code. */
export const numberOf = (code: Code): number => table[code][0]

/** What coreutils print for a code: `No such file or directory`. */
export const textOf = (code: Code): string => table[code][1]

export class Errno extends Error {
  readonly code: Code
  /** `detail` is for logs and command lines; programs see only the code. */
  constructor(code: Code, detail: string = textOf(code)) {
    super(detail)
    this.name = code
    this.code = code
  }
}

const byNumber = new Map<number, Code>(
  Object.entries(table).map(([code, [number]]) => [number, code as Code]),
)

/** The code of a Linux errno number; EIO for one we do not name. */
export const codeOfNumber = (number: number): Code =>
  byNumber.get(number) ?? 'EIO'

const isCode = (code: unknown): code is Code =>
  typeof code === 'string' && Object.hasOwn(table, code)

/**
 * The code of anything thrown: ours, or a system error of node's (`code` of a
 * name we know). `undefined` for what nobody foresaw: the edge answers EIO and
 * logs it.
 */
export const codeOf = (thrown: unknown): Code | undefined => {
  if (typeof thrown !== 'object' || thrown === null) return undefined
  const { code } = thrown as { code?: unknown }
  return isCode(code) ? code : undefined
}
