import type { Stat, Statm, Status } from '../contract.ts'
import {
  suspended,
  ThreadState,
  type ProcessEntry,
  type ThreadEntry,
} from '../nt/processes.ts'
import { perTick } from '../nt/query.ts'

/** Bytes of the pages that are counted here. */
const page = 4096

const pages = (bytes: number): number => Math.floor(bytes / page)
/** Of 100 ns. */
export const ticks = (time: number): number => Math.floor(time / perTick)
const kilobytes = (bytes: number): string => `${Math.floor(bytes / 1024)}`

const runs: ReadonlySet<number> = new Set([
  ThreadState.Ready,
  ThreadState.Running,
  ThreadState.Standby,
  ThreadState.DeferredReady,
])

export const isRunning = ({ state }: ThreadEntry): boolean => runs.has(state)

const isSuspended = ({ state, waitReason }: ThreadEntry): boolean =>
  state === ThreadState.Waiting && suspended.has(waitReason)

/** State letters, and what status adds to them. */
const states = {
  R: 'R (running)',
  S: 'S (sleeping)',
  T: 'T (stopped)',
  Z: 'Z (zombie)',
} as const

type State = keyof typeof states

/**
 * Of threads together: one that runs or is ready runs; all suspended have
 * stopped; all that have ended are a zombie. What else they do, and what is
 * not known, is sleep: Windows does not tell one that waits for a disk.
 */
const stateOf = (threads: readonly ThreadEntry[]): State => {
  if (threads.some(isRunning)) return 'R'
  if (threads.length === 0) return 'S'
  if (threads.every(({ state }) => state === ThreadState.Terminated)) return 'Z'
  return threads.every(isSuspended) ? 'T' : 'S'
}

/**
 * A nice value for a base priority: that of the priority class (6 is below
 * normal) whose lowest it reaches. An approximation, since Windows has no
 * such number.
 */
const niceness = [
  [24, -20], // real time
  [13, -15], // high
  [10, -5], // above normal
  [8, 0],
  [6, 10], // below normal
  [Number.NEGATIVE_INFINITY, 19], // idle
] as const

const niceOf = (priority: number): number =>
  niceness.find(([lowest]) => priority >= lowest)?.[1] ?? 0

/** What is not in a process's own entry. */
export interface Around {
  /** FILETIME of the system's start. */
  readonly boot: bigint
  /** The process whose pid it says its parent had, if there is one. */
  readonly parent: ProcessEntry | undefined
}

/** Ticks since the system started; 0 for what is told to be older. */
const startTicks = (created: bigint, boot: bigint): number =>
  Math.max(0, ticks(Number(created - boot)))

/** 0 if it has ended: one that is younger only has its pid. */
const ppidOf = ({ created }: ProcessEntry, { parent }: Around): number =>
  parent !== undefined && parent.created <= created ? parent.pid : 0

/**
 * What a snapshot tells of a process. `vsize` counts what is reserved, too, as
 * Linux does. No process has a group or a terminal, and the addresses that
 * Linux tells are 0.
 */
export const statOf = (entry: ProcessEntry, around: Around): Stat => {
  const nice = niceOf(entry.basePriority)
  return {
    pid: entry.pid,
    comm: entry.name,
    state: stateOf(entry.threads),
    ppid: ppidOf(entry, around),
    session: entry.session,
    minflt: Math.max(0, entry.faults - entry.hardFaults),
    majflt: entry.hardFaults,
    utime: ticks(entry.userTime),
    stime: ticks(entry.kernelTime),
    priority: 20 + nice,
    nice,
    num_threads: entry.threads.length,
    starttime: startTicks(entry.created, around.boot),
    vsize: entry.virtual,
    rss: pages(entry.workingSet),
  }
}

/** The same of one of its threads: what that has itself is its own. */
export const threadStatOf = (
  entry: ProcessEntry,
  thread: ThreadEntry,
  comm: string,
  around: Around,
): Stat => {
  const nice = niceOf(thread.basePriority)
  return {
    ...statOf(entry, around),
    pid: thread.tid,
    comm,
    state: stateOf([thread]),
    utime: ticks(thread.userTime),
    stime: ticks(thread.kernelTime),
    priority: 20 + nice,
    nice,
    starttime: startTicks(thread.created, around.boot),
  }
}

/**
 * `shared` is what is resident but not private, 0 where that is not told, and
 * `data` what is committed; of code Windows keeps no count.
 */
export const statmOf = (entry: ProcessEntry): Statm => ({
  size: pages(entry.virtual),
  resident: pages(entry.workingSet),
  shared: pages(sharedOf(entry)),
  text: 0,
  data: pages(entry.committed),
})

const sharedOf = ({ workingSet, privateWorkingSet }: ProcessEntry): number =>
  privateWorkingSet === 0 ? 0 : Math.max(0, workingSet - privateWorkingSet)

const noSignals = '0'.repeat(16)

/** Ids are all the superuser's, as {@link Process.owner} tells. */
const noIds = '0\t0\t0\t0'

/**
 * By the kernel's keys: those that a process of Windows has something for, and
 * those without which readers take the file for broken (signals, groups and
 * capabilities, of which there are none).
 */
export const statusOf = (entry: ProcessEntry, around: Around): Status => ({
  Name: entry.name,
  State: states[stateOf(entry.threads)],
  Tgid: `${entry.pid}`,
  Ngid: '0',
  Pid: `${entry.pid}`,
  PPid: `${ppidOf(entry, around)}`,
  TracerPid: '0',
  Uid: noIds,
  Gid: noIds,
  FDSize: `${entry.handles}`,
  Groups: '',
  VmPeak: kilobytes(entry.peakVirtual),
  VmSize: kilobytes(entry.virtual),
  VmLck: '0',
  VmPin: '0',
  VmHWM: kilobytes(entry.peakWorkingSet),
  VmRSS: kilobytes(entry.workingSet),
  VmData: kilobytes(entry.committed),
  Threads: `${entry.threads.length}`,
  SigQ: '0/0',
  SigPnd: noSignals,
  ShdPnd: noSignals,
  SigBlk: noSignals,
  SigIgn: noSignals,
  SigCgt: noSignals,
  CapInh: noSignals,
  CapPrm: noSignals,
  CapEff: noSignals,
  CapBnd: noSignals,
  CapAmb: noSignals,
})

export const threadStatusOf = (
  entry: ProcessEntry,
  thread: ThreadEntry,
  comm: string,
  around: Around,
): Status => ({
  ...statusOf(entry, around),
  Name: comm,
  State: states[stateOf([thread])],
  Pid: `${thread.tid}`,
})
