import { Errno, type Code } from '../errno.ts'

/**
 * NTSTATUS as they are told here: a signed 32-bit number, below 0 for what
 * failed (ntstatus.h).
 */
export const Status = {
  Success: 0,
  InfoLengthMismatch: 0xc0000004 | 0,
  InvalidCid: 0xc000000b | 0,
  InvalidParameter: 0xc000000d | 0,
  AccessDenied: 0xc0000022 | 0,
  ProcessIsTerminating: 0xc000010a | 0,
} as const

/** What a failure means to who reads /proc; what is not here is EIO. */
const codes: ReadonlyMap<number, Code> = new Map<number, Code>([
  [Status.AccessDenied, 'EACCES'],
  [Status.ProcessIsTerminating, 'ESRCH'],
  [0xc0000008 | 0, 'EBADF'], // STATUS_INVALID_HANDLE
  [Status.InvalidCid, 'ESRCH'],
  [0xc0000017 | 0, 'ENOMEM'], // STATUS_NO_MEMORY
  [0xc000009a | 0, 'ENOMEM'], // STATUS_INSUFFICIENT_RESOURCES
  [0xc0000061 | 0, 'EACCES'], // STATUS_PRIVILEGE_NOT_HELD
])

const hex = (status: number): string =>
  `0x${(status >>> 0).toString(16).padStart(8, '0')}`

/** The error of a call that returned an NTSTATUS. */
export const ofStatus = (status: number, what: string): Errno => {
  const code = codes.get(status)
  return code === undefined
    ? new Errno('EIO', `${what}: NTSTATUS ${hex(status)}`)
    : new Errno(code, `${what}: ${new Errno(code).message}`)
}
