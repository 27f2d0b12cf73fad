/**
 * What NtQuerySystemInformation tells of all processes, to a 64-bit caller.
 * Source: phnt's ntexapi.h. Sure for x64 and ARM64, Windows 7 to 11; measured
 * under Wine 8.0, which leaves at 0 what it does not know and aligns nothing.
 */
import { Errno } from '../errno.ts'
import { i32, layout, n64, u32, u64 } from './layout.ts'
import { viewOf } from './memory.ts'
import { textIn } from './unicode.ts'

/** SYSTEM_INFORMATION_CLASS: processes, each with its threads' TEBs. */
export const SystemExtendedProcessInformation = 57

/** Its threads follow it. Times are FILETIMEs or 100 ns, sizes bytes. */
export const SYSTEM_PROCESS_INFORMATION = layout(0x100, {
  NextEntryOffset: [0x00, u32], // from this one; 0 for the last
  NumberOfThreads: [0x04, u32],
  WorkingSetPrivateSize: [0x08, n64],
  HardFaultCount: [0x10, u32],
  CreateTime: [0x20, u64],
  UserTime: [0x28, n64],
  KernelTime: [0x30, n64],
  BasePriority: [0x48, i32], // 0 to 31
  UniqueProcessId: [0x50, n64],
  InheritedFromUniqueProcessId: [0x58, n64], // may be another's by now
  HandleCount: [0x60, u32],
  SessionId: [0x64, u32],
  PeakVirtualSize: [0x70, n64],
  VirtualSize: [0x78, n64],
  PageFaultCount: [0x80, u32], // the hard ones, too
  PeakWorkingSetSize: [0x88, n64],
  WorkingSetSize: [0x90, n64],
  PrivatePageCount: [0xc8, n64], // bytes, for all its name
})

/** Where ImageName, a UNICODE_STRING, is in it. */
const imageName = 0x38

export const SYSTEM_EXTENDED_THREAD_INFORMATION = layout(0x88, {
  KernelTime: [0x00, n64],
  UserTime: [0x08, n64],
  CreateTime: [0x10, u64],
  UniqueThread: [0x30, n64],
  BasePriority: [0x3c, i32],
  ThreadState: [0x44, u32], // KTHREAD_STATE
  WaitReason: [0x48, u32], // KWAIT_REASON
  TebBase: [0x68, n64], // of the process's own width, or 0
})

/** KTHREAD_STATE. */
export const ThreadState = {
  Ready: 1,
  Running: 2,
  Standby: 3,
  Terminated: 4,
  Waiting: 5,
  DeferredReady: 7,
} as const

/** KWAIT_REASON: Suspended, WrSuspended. */
export const suspended: ReadonlySet<number> = new Set([5, 12])

/** A thread of a snapshot. */
export interface ThreadEntry {
  readonly tid: number
  /** 0 if it has none. */
  readonly teb: number
  /** {@link ThreadState} */
  readonly state: number
  readonly waitReason: number
  /** FILETIME */
  readonly created: bigint
  /** 100 ns */
  readonly userTime: number
  readonly kernelTime: number
  readonly basePriority: number
}

/** A process of a snapshot: its numbers are those of the structure. */
export interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  /** FILETIME: with the pid it is the identity. */
  readonly created: bigint
  /** The file's name; `System` and the like for what has none. */
  readonly name: string
  readonly session: number
  readonly basePriority: number
  readonly handles: number
  /** 100 ns */
  readonly userTime: number
  readonly kernelTime: number
  readonly faults: number
  readonly hardFaults: number
  /** Bytes, all of these. */
  readonly virtual: number
  readonly peakVirtual: number
  readonly workingSet: number
  readonly peakWorkingSet: number
  readonly privateWorkingSet: number
  readonly committed: number
  /** In the order told, which is that of their creation. */
  readonly threads: readonly ThreadEntry[]
}

const malformed = (at: number, what: string): Errno =>
  new Errno('EIO', `snapshot of processes, at ${at}: ${what}`)

const threadsAt = (
  view: DataView,
  first: number,
  count: number,
): ThreadEntry[] => {
  const { size } = SYSTEM_EXTENDED_THREAD_INFORMATION
  const thread = SYSTEM_EXTENDED_THREAD_INFORMATION.view(view)
  return Array.from({ length: count }, (_, index) => {
    thread.at = first + index * size
    return {
      tid: thread.UniqueThread,
      teb: thread.TebBase,
      state: thread.ThreadState,
      waitReason: thread.WaitReason,
      created: thread.CreateTime,
      userTime: thread.UserTime,
      kernelTime: thread.KernelTime,
      basePriority: thread.BasePriority,
    }
  })
}

/**
 * The processes of a snapshot, in its order, of a buffer whose first byte the
 * caller has at the address `base`. EIO for one that tells of what is not in
 * it: an entry, threads or a name; entries only lead forward.
 */
export const processesIn = (
  bytes: Uint8Array,
  base: number,
): ProcessEntry[] => {
  const view = viewOf(bytes)
  const { size } = SYSTEM_PROCESS_INFORMATION
  const entry = SYSTEM_PROCESS_INFORMATION.view(view)
  const processes: ProcessEntry[] = []
  let at = 0
  let next: number
  do {
    if (at + size > bytes.length) throw malformed(at, 'cut short')
    entry.at = at
    next = entry.NextEntryOffset
    const end = next === 0 ? bytes.length : at + next
    const count = entry.NumberOfThreads
    const needed = size + count * SYSTEM_EXTENDED_THREAD_INFORMATION.size
    if (end > bytes.length || at + needed > end)
      throw malformed(at, `${count} threads and ${next} bytes`)
    const name = textIn(view, at + imageName, base)
    if (name === undefined) throw malformed(at, 'a name out of bounds')
    processes.push({
      pid: entry.UniqueProcessId,
      parent: entry.InheritedFromUniqueProcessId,
      created: entry.CreateTime,
      name,
      session: entry.SessionId,
      basePriority: entry.BasePriority,
      handles: entry.HandleCount,
      userTime: entry.UserTime,
      kernelTime: entry.KernelTime,
      faults: entry.PageFaultCount,
      hardFaults: entry.HardFaultCount,
      virtual: entry.VirtualSize,
      peakVirtual: entry.PeakVirtualSize,
      workingSet: entry.WorkingSetSize,
      peakWorkingSet: entry.PeakWorkingSetSize,
      privateWorkingSet: entry.WorkingSetPrivateSize,
      committed: entry.PrivatePageCount,
      threads: threadsAt(view, at + size, count),
    })
    at += next
  } while (next !== 0)
  return processes
}
