import { Errno } from '../errno.ts'
import { viewOf } from '../nt/memory.ts'
import {
  basicInfo,
  CLIENT_ID,
  HANDLE,
  IsProcessDeleting,
  KERNEL_USER_TIMES,
  OBJECT_ATTRIBUTES,
  PROCESS_EXTENDED_BASIC_INFORMATION,
  ProcessInfo,
  STATUS_PENDING,
} from '../nt/query.ts'
import type { Ntdll } from './ntdll.ts'
import { ofStatus, Status } from './status.ts'

/** PROCESS_* and THREAD_* (winnt.h), in the sums that are asked for. */
export const Rights = {
  /** PROCESS_QUERY_LIMITED_INFORMATION */
  limited: 0x1000,
  /** PROCESS_QUERY_INFORMATION and PROCESS_VM_READ */
  read: 0x0410,
  /** The same: Windows has no other for who debugs. */
  attach: 0x0410,
  /** PROCESS_DUP_HANDLE */
  dup: 0x0040,
  /** THREAD_QUERY_LIMITED_INFORMATION */
  thread: 0x0800,
} as const

/** One of each is enough: a call is over before the next. */
const attributes = new Uint8Array(OBJECT_ATTRIBUTES.size)
const client = new Uint8Array(CLIENT_ID.size)
const handle = new Uint8Array(HANDLE.size)
const basic = new Uint8Array(PROCESS_EXTENDED_BASIC_INFORMATION.size)
const times = new Uint8Array(KERNEL_USER_TIMES.size)

const attributesView = OBJECT_ATTRIBUTES.view(viewOf(attributes))
const clientView = CLIENT_ID.view(viewOf(client))
const handleView = HANDLE.view(viewOf(handle))
const basicView = PROCESS_EXTENDED_BASIC_INFORMATION.view(viewOf(basic))
const timesView = KERNEL_USER_TIMES.view(viewOf(times))

/** What a call that opens says of an id that is none. */
const none: ReadonlySet<number> = new Set([
  Status.InvalidCid,
  Status.InvalidParameter,
])

type Open = Ntdll['NtOpenProcess']

const opened = (
  open: Open,
  [pid, tid]: readonly [pid: number, tid: number],
  access: number,
): number | undefined => {
  attributesView.Length = OBJECT_ATTRIBUTES.size
  clientView.UniqueProcess = pid
  clientView.UniqueThread = tid
  const status = open(handle, access, attributes, client)
  if (status >= 0) return handleView.value
  if (status === Status.AccessDenied) return undefined
  const what = tid === 0 ? `process ${pid}` : `thread ${tid}`
  throw none.has(status) ? new Errno('ESRCH') : ofStatus(status, what)
}

/**
 * A HANDLE of the process that a pid opens, which may be another: OpenProcess
 * takes 321 for 320. Undefined where access is denied; ESRCH if there is none.
 */
export const openProcess = (
  ntdll: Ntdll,
  pid: number,
  access: number,
): number | undefined => opened(ntdll.NtOpenProcess, [pid, 0], access)

/** The same of a thread, in whatever process. */
export const openThread = (
  ntdll: Ntdll,
  tid: number,
  access: number,
): number | undefined => opened(ntdll.NtOpenThread, [0, tid], access)

/** What a process tells of itself. */
export interface Identity {
  readonly pid: number
  /** FILETIME */
  readonly created: bigint
  /** Whether it has begun to end; its memory may still be there. */
  readonly isGone: boolean
  /** 0 where it has none. */
  readonly peb: number
}

const query = (
  ntdll: Ntdll,
  process: number,
  information: number,
  buffer: Uint8Array,
): number =>
  ntdll.NtQueryInformationProcess(
    process,
    information,
    buffer,
    buffer.length,
    null,
  )

/** Wine 8.0 has no extended one; asked for once. */
let hasExtended = true

/**
 * Asked of a HANDLE with the right to limited information. A process whose
 * last thread has ended is gone, though its HANDLEs keep it, also one that
 * ended with the code 259, which is STATUS_PENDING.
 */
export const identify = (ntdll: Ntdll, process: number): Identity => {
  basic.fill(0)
  basicView.Size = basic.length
  let status = hasExtended
    ? query(ntdll, process, ProcessInfo.Basic, basic)
    : Status.InfoLengthMismatch
  if (status === Status.InfoLengthMismatch) {
    status = query(
      ntdll,
      process,
      ProcessInfo.Basic,
      basic.subarray(...basicInfo),
    )
    hasExtended = hasExtended && status < 0
  }
  if (status >= 0) status = query(ntdll, process, ProcessInfo.Times, times)
  if (status < 0) throw ofStatus(status, 'identity of a process')
  return {
    pid: basicView.UniqueProcessId,
    created: timesView.CreateTime,
    isGone:
      basicView.ExitStatus !== STATUS_PENDING ||
      (basicView.Flags & IsProcessDeleting) !== 0 ||
      timesView.ExitTime !== 0n,
    peb: basicView.PebBaseAddress,
  }
}
