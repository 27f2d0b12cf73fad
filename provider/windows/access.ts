/** Whether Windows would let a token's owner look at a process. */
import type { Right } from '../contract.ts'
import { layout, u32, u64 } from '../nt/layout.ts'
import { viewOf } from '../nt/memory.ts'
import { openProcess, Rights } from './handle.ts'
import type { Ntdll } from './ntdll.ts'

/** What a decision is made from; asked only as far as it is needed. */
export interface Grounds {
  /** SeDebugPrivilege is enabled in the token. */
  readonly isDebugger: () => boolean
  /** The process's own security descriptor, with its label. */
  readonly descriptor: () => Uint8Array | undefined
  /** AccessCheck: whether the descriptor gives the token all these rights. */
  readonly isGranted: (descriptor: Uint8Array, access: number) => boolean
}

/**
 * As NtOpenProcess: who debugs may all, others what the descriptor gives. No
 * descriptor that we could read, no access.
 *
 * Approximations: the level of the token is not asked, so one that may only
 * identify its user counts as one that may act for them. And stricter where a
 * descriptor gives
 * PROCESS_QUERY_INFORMATION, which for Windows is the limited right, too, and
 * not PROCESS_QUERY_LIMITED_INFORMATION.
 */
export const decide = (
  { isDebugger, descriptor, isGranted }: Grounds,
  right: Right,
): boolean => {
  if (right === 'none' || isDebugger()) return true
  const found = descriptor()
  return found !== undefined && isGranted(found, Rights[right])
}

/** PRIVILEGE_SET (winnt.h) with one privilege. */
const PRIVILEGE_SET = layout(0x14, {
  PrivilegeCount: [0x00, u32], // 1
  Control: [0x04, u32], // PRIVILEGE_SET_ALL_NECESSARY
  Luid: [0x08, u64], // of the first privilege
  Attributes: [0x10, u32], // out: SE_PRIVILEGE_USED_FOR_ACCESS
})

const SeDebugPrivilege = 20n

/**
 * What generic rights mean of a process: the GENERIC_MAPPING of its object
 * type, read, write, execute, all (ntobapi.h, ObjectTypeInformation).
 */
const mapping = new Uint8Array(
  new Uint32Array([0x2_0410, 0x2_0beb, 0x12_1001, 0x1f_ffff]).buffer,
)

/** READ_CONTROL (winnt.h) */
const readControl = 0x2_0000

/**
 * OWNER, GROUP, DACL and LABEL_SECURITY_INFORMATION (winnt.h): without the
 * label one of medium integrity could read who is above it.
 */
const asked = 0x17

const privileges = new Uint8Array(PRIVILEGE_SET.size)
const descriptor = new Uint8Array(0x1_0000)
/** Room for the privileges that an AccessCheck used. */
const used = new Uint8Array(0x400)
const word = new Uint8Array(8)
const other = new Uint8Array(8)
const wordView = viewOf(word)
const otherView = viewOf(other)

const isDebugger = (ntdll: Ntdll, token: number): boolean => {
  const set = PRIVILEGE_SET.view(viewOf(privileges))
  set.PrivilegeCount = 1
  set.Control = 1
  set.Luid = SeDebugPrivilege
  set.Attributes = 0
  word.fill(0)
  return ntdll.NtPrivilegeCheck(token, privileges, word) >= 0 && word[0] !== 0
}

const descriptorOf = (ntdll: Ntdll, pid: number): Uint8Array | undefined => {
  const process = openProcess(ntdll, pid, readControl)
  if (process === undefined) return undefined
  const status = ntdll.NtQuerySecurityObject(
    process,
    asked,
    descriptor,
    descriptor.length,
    word,
  )
  ntdll.NtClose(process)
  return status < 0 ? undefined : descriptor
}

const isGranted = (
  ntdll: Ntdll,
  token: number,
  from: Uint8Array,
  access: number,
): boolean => {
  word.fill(0)
  other.fill(0)
  wordView.setUint32(4, used.length, true)
  // out: what is granted, and the NTSTATUS that an open would have
  const status = ntdll.NtAccessCheck(
    from,
    token,
    access,
    mapping,
    used,
    word.subarray(4),
    other,
    other.subarray(4),
  )
  const granted = otherView.getUint32(0, true)
  return (
    status >= 0 &&
    otherView.getInt32(4, true) >= 0 &&
    (granted & access) === access
  )
}

/**
 * Whether the owner of the token may have `right` on a process of which the
 * caller holds a HANDLE, so that its pid is its own. The token is one to
 * impersonate, and to be queried.
 */
export const mayByToken = (
  ntdll: Ntdll,
  token: number,
  pid: number,
  right: Right,
): boolean =>
  decide(
    {
      isDebugger: () => isDebugger(ntdll, token),
      descriptor: () => descriptorOf(ntdll, pid),
      isGranted: (from, access) => isGranted(ntdll, token, from, access),
    },
    right,
  )
