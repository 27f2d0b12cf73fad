import koffi from 'koffi'
import { Errno } from '../../provider/errno.ts'
import {
  administrators,
  everyone,
  fileMapping,
  readableBy,
  system,
} from './descriptor.ts'
import { kernel32, ntdll, own } from './kernel.ts'
import { reading } from './rights.ts'
import { isSuccess } from './status.ts'

/** TOKEN_QUERY; TokenUser, TokenElevation; DUPLICATE_SAME_ACCESS (winnt.h). */
const query = 0x8
const tokenUser = 1
const tokenElevation = 20
const sameAccess = 2

const must = (status: number, what: string): void => {
  if (isSuccess(status)) return
  const hex = (status >>> 0).toString(16)
  throw new Errno('EIO', `${what}: NTSTATUS 0x${hex}`)
}

const handleIn = (bytes: Uint8Array): number =>
  Number(new DataView(bytes.buffer).getBigInt64(0, true))

/** The SID of a TOKEN_USER, whose first field is its address. */
const sidIn = (bytes: Uint8Array): Uint8Array => {
  const view = new DataView(bytes.buffer)
  const at = Number(view.getBigUint64(0, true) - BigInt(koffi.address(bytes)))
  return bytes.slice(at, at + 8 + view.getUint8(at + 1) * 4)
}

/** Who mounts, and what a token must be for this volume. */
export interface Admission {
  /** Of everything on the volume. */
  readonly descriptor: Uint8Array
  /** Whether anybody may open it: each process's own descriptor decides. */
  readonly isOpen: boolean
}

/**
 * The narrowest descriptor that serves who mounts: the user, administrators and
 * the system may look. What is mounted by an administrator or a service serves
 * everyone: there, the check for each process decides.
 */
export const admission = (): Admission => {
  const handle = new Uint8Array(8)
  must(ntdll.NtOpenProcessToken(own, query, handle), 'own token')
  const token = handleIn(handle)
  try {
    const user = new Uint8Array(0x100)
    const elevation = new Uint8Array(4)
    const size = new Uint8Array(4)
    const ask = (what: number, bytes: Uint8Array): void =>
      must(
        ntdll.NtQueryInformationToken(token, what, bytes, bytes.length, size),
        'own token',
      )
    ask(tokenUser, user)
    ask(tokenElevation, elevation)
    const isOpen = elevation[0] !== 0
    const sid = sidIn(user)
    const readers = isOpen ? [everyone] : [sid, administrators, system]
    return { descriptor: readableBy(sid, readers), isOpen }
  } finally {
    kernel32.CloseHandle(token)
  }
}

const mapping = new Uint8Array(new Uint32Array(fileMapping).buffer)
const privileges = new Uint8Array(0x400)
const words = new Uint8Array(16)

/** Whether a token's owner may read what such a descriptor is of. */
export const admits = (
  { descriptor, isOpen }: Admission,
  token: number,
): boolean => {
  if (isOpen) return true
  const view = new DataView(words.buffer)
  words.fill(0)
  view.setUint32(0, privileges.length, true)
  const status = ntdll.NtAccessCheck(
    descriptor,
    token,
    reading,
    mapping,
    privileges,
    words,
    words.subarray(4),
    words.subarray(8),
  )
  return isSuccess(status) && isSuccess(view.getInt32(8, true))
}

/** The same token by a HANDLE of our own; 0 if it is none. */
export const keep = (token: number): number => {
  const handle = new Uint8Array(8)
  const status = ntdll.NtDuplicateObject(
    own,
    token,
    own,
    handle,
    0,
    0,
    sameAccess,
  )
  return isSuccess(status) ? handleIn(handle) : 0
}

export const drop = (token: number): void => {
  if (token) kernel32.CloseHandle(token)
}
