import { structure, type Read, type Width } from '../nt/memory.ts'
import { Peb } from '../nt/peb.ts'
import type { Allocations } from './allocations.ts'

/** A PEB of a process: its own, or for WoW64 one of each width. */
export interface Face {
  /** 0 if it is not known where. */
  readonly peb: number
  readonly width: Width
}

/** A Windows process in which something is sought. */
export interface Target {
  /** Of one walk. */
  readonly allocations: Allocations
  readonly read: Read
  /** Its own first; heaps are numbered through in this order. */
  readonly faces: readonly Face[]
  /** Of Windows, if known; else what each PEB says. */
  readonly build?: number
  /**
   * HypervisorSharedUserVa, the same in all processes: what
   * SystemHypervisorSharedPageInformation (197) tells since 1803; 0 if none.
   */
  readonly hypervisorSharedData?: number | undefined
  /**
   * Where the 64-bit ntdll.dll has its LdrSystemDllInitBlock: in all native
   * processes of one boot at the same address.
   */
  readonly systemDllInitBlock?: number | undefined
}

/** A face, as it is read. */
export interface Side extends Face {
  /** Of Windows, 19045; Infinity, the newest, if unknown. */
  readonly build: number
  /** Bounded, and kept to pages that can be read. */
  readonly read: Read
  readonly allocations: Allocations
}

/** Reads of the target's memory that one search on one side does at most. */
export const readBound = 0x2_0000

/** To be read anew, as much as {@link readBound} allows. */
export const sideOf = (target: Target, { peb, width }: Face): Side => {
  const { allocations } = target
  const read = allocations.guard(target.read, readBound)
  const build =
    target.build ??
    (structure(read, Peb[width], peb)?.OSBuildNumber ||
      Number.POSITIVE_INFINITY)
  return { peb, width, build, read, allocations }
}
