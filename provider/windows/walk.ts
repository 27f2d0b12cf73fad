import type { Region } from '../contract.ts'
import { Errno } from '../errno.ts'
import { viewOf } from '../nt/memory.ts'
import { accessOf, states, types } from '../nt/protect.ts'
import {
  MEMORY_BASIC_INFORMATION,
  MemoryBasicInformation,
} from '../nt/virtual.ts'
import { ntdll } from './ntdll.ts'
import { ofStatus, Status } from './status.ts'

/** What is told of the file that is mapped: the facts of all its regions. */
export type FileFacts = Pick<Region, 'name' | 'major' | 'minor' | 'inode'>

/** NtQueryVirtualMemory, with the parameters of its declaration. */
export type Query = typeof ntdll.NtQueryVirtualMemory

export interface WalkOptions {
  /**
   * Whether the process has begun to end. It has to be true before the memory
   * of an ending process is taken away, piece by piece; asked once at the end
   * of a walk, and after a failure.
   */
  readonly isGone: () => boolean
  /**
   * The file that is mapped at an AllocationBase, asked once per MEM_MAPPED or
   * MEM_IMAGE allocation; undefined for none. Without it nothing is named.
   */
  readonly fileAt?: (process: number, base: number) => FileFacts | undefined
  readonly query?: Query
  /** Milliseconds, ascending. */
  readonly now?: () => number
}

/** Milliseconds that a walk may take; more is ETIMEDOUT. */
export const walkDeadline = 10_000

/** Regions of a process; more is EFBIG. */
export const regionBound = 0x40_0000

const hex = (address: number): string => `0x${address.toString(16)}`

/** The one buffer: a walk is synchronous, and a thread has its own. */
const buffer = new Uint8Array(MEMORY_BASIC_INFORMATION.size)
const info = MEMORY_BASIC_INFORMATION.view(viewOf(buffer))

/** The region that `info` tells, less its file. */
const regionOf = (start: number, end: number): Region => {
  // an unknown state is none that could be read
  const state = states[info.State] ?? 'reserve'
  if (state === 'free')
    return { start, end, base: start, state, type: 'private', access: 0 }
  return {
    start,
    end,
    base: info.AllocationBase,
    state,
    type: types[info.Type] ?? 'private',
    access: state === 'commit' ? (accessOf(info.Protect) ?? 0) : 0,
  }
}

/** Where the region that `info` tells ends; EIO unless it is the next one. */
const endOf = (start: number): number => {
  const { BaseAddress } = info
  const end = BaseAddress + info.RegionSize
  if (BaseAddress === start && end > start) return end
  throw new Errno(
    'EIO',
    `region ${hex(start)}: told as ${hex(BaseAddress)} to ${hex(end)}`,
  )
}

const isOfFile = ({ state, type }: Region): boolean =>
  state !== 'free' && type !== 'private'

/**
 * The address space of a process, given its HANDLE with
 * PROCESS_QUERY_INFORMATION: regions ascending, disjoint and without gaps, free
 * ones among them. Walked at once and whole, since a generator that is halfway
 * when the process ends would have told a half.
 *
 * Only STATUS_INVALID_PARAMETER ends a walk, as it is what an address beyond
 * user space gives (phnt, ntmmapi.h). ESRCH: the process has ended, also if
 * that is only seen after the last region. EIO: a region that does not begin
 * where it was asked for or has no length; not even one region. EFBIG: more
 * than {@link regionBound}. ETIMEDOUT: {@link walkDeadline} has passed; a call
 * that does not return is not interrupted. What else fails is the error of its
 * NTSTATUS ({@link ofStatus}).
 *
 * A walk is no snapshot: the process may map and unmap meanwhile. A State that
 * is unknown tells as reserved, an unknown Type as private, an unknown Protect
 * as no access.
 */
export const walk = (
  process: number,
  {
    isGone,
    fileAt,
    query = ntdll.NtQueryVirtualMemory,
    now = () => performance.now(),
  }: WalkOptions,
): Region[] => {
  const gone = (): Errno => new Errno('ESRCH', 'the process has ended')
  const kind = MemoryBasicInformation
  const until = now() + walkDeadline
  const regions: Region[] = []
  let address = 0
  // the allocation that was last asked for its file
  let base = -1
  let file: FileFacts | undefined
  for (;;) {
    const status = query(process, address, kind, buffer, buffer.length, null)
    if (status === Status.InvalidParameter) break
    if (status < 0)
      throw isGone() ? gone() : ofStatus(status, `region ${hex(address)}`)
    const end = endOf(address)
    if (regions.length === regionBound)
      throw new Errno('EFBIG', `more than ${regionBound} regions`)
    const region = regionOf(address, end)
    if (fileAt !== undefined && isOfFile(region)) {
      if (region.base !== base) {
        base = region.base
        file = fileAt(process, base)
      }
      regions.push(file === undefined ? region : { ...region, ...file })
    } else regions.push(region)
    if (now() > until)
      throw new Errno('ETIMEDOUT', `${regions.length} regions in 10 s`)
    address = end
  }
  if (isGone()) throw gone()
  if (address === 0) throw new Errno('EIO', 'no region at all')
  return regions
}
