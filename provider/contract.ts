/**
 * What a source of facts (a live Windows, a live Linux, a dump) offers to the
 * tree above it. Neutral of platform; the only types that `fs` and `provider`
 * share. Required members are few; an optional one may be absent where the
 * source cannot know, and the document prints what Linux prints then (0, or
 * nothing).
 *
 * Everything here is synchronous and may be called from any one thread that
 * opened the System. Any call on a process may throw Errno: ESRCH when it is
 * gone, EACCES when we may not look, EIO for what cannot be read.
 */

/** Who asks: the ids of the requesting thread, as its kernel reports them. */
export interface Caller {
  readonly uid: number
  readonly gid: number
  /** Thread id of the caller, 0 if unknown or in a foreign pid namespace. */
  readonly tid: number
  /** Process id of the caller, where its kernel tells that and no thread. */
  readonly pid?: number | undefined
  /**
   * HANDLE, in this process, of the token that the caller acts with (Windows):
   * its rights count then, and no number of a user. 0 and what else is no token
   * has no right.
   */
  readonly token?: number | undefined
}

/**
 * What a caller must be allowed on the target process: `none`, to exist;
 * `limited`, to ask for its public facts; `read`, to read what its memory
 * tells; `attach`, to read that memory itself, as a debugger does; `dup`, to
 * duplicate its handles.
 */
export type Right = 'none' | 'limited' | 'read' | 'attach' | 'dup'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Bits of {@link Region.access}. */
export const Access = {
  read: 1,
  write: 2,
  execute: 4,
  /** Copy on write: a write lands in a private copy (PAGE_WRITECOPY). */
  copy: 8,
  /** Guard page: the first touch raises an exception (PAGE_GUARD). */
  guard: 16,
} as const

/**
 * One run of pages with the same attributes: a MEMORY_BASIC_INFORMATION, a
 * Linux VMA. Addresses are bytes and fit a double exactly, being multiples of
 * 4096 below 2^64.
 */
export interface Region {
  /** `[start, end)` */
  readonly start: number
  readonly end: number
  /**
   * AllocationBase: start of the reservation that this run is part of. A VMA
   * stands alone: its own start.
   */
  readonly base: number
  readonly state: 'free' | 'reserve' | 'commit'
  /** MEM_PRIVATE, MEM_MAPPED, MEM_IMAGE. A Linux VMA: shared is mapped. */
  readonly type: 'private' | 'mapped' | 'image'
  /** Sum of {@link Access} bits; 0 is PAGE_NOACCESS. Not set for `reserve`. */
  readonly access: number
  /** Bytes into the file, if the source knows; else computed from `base`. */
  readonly offset?: number
  /** Device and inode of the file, if it has one. */
  readonly major?: number
  readonly minor?: number
  readonly inode?: number | bigint
  /**
   * Name as the source has it: an absolute path (`/usr/bin/cat`,
   * `C:\Windows\notepad.exe`, `\\server\share\x.dll`) or, on Linux, a kernel
   * label (`[heap]`).
   */
  readonly name?: string
}

/** What a span of an address space is; see provider/space/labels.ts. */
export interface Span {
  /** `[start, end)` */
  readonly start: number
  readonly end: number
  readonly kind: string
  /** Thread id, heap number. */
  readonly id?: number
  /** What else is true of it, in the order it prints: `default`, `grow`. */
  readonly words?: readonly string[]
}

/**
 * Fields 4 to 52 of /proc/<pid>/stat, in order, by the names of proc(5)
 * (fs/proc/array.c:do_task_stat). Times are clock ticks (100 Hz), vsize bytes,
 * rss pages of 4096 bytes.
 */
// prettier-ignore
export const statFields = [
  'ppid', 'pgrp', 'session', 'tty_nr', 'tpgid', 'flags', 'minflt', 'cminflt',
  'majflt', 'cmajflt', 'utime', 'stime', 'cutime', 'cstime', 'priority', 'nice',
  'num_threads', 'itrealvalue', 'starttime', 'vsize', 'rss', 'rsslim',
  'startcode', 'endcode', 'startstack', 'kstkesp', 'kstkeip', 'signal',
  'blocked', 'sigignore', 'sigcatch', 'wchan', 'nswap', 'cnswap',
  'exit_signal', 'processor', 'rt_priority', 'policy', 'delayacct_blkio_ticks',
  'guest_time', 'cguest_time', 'start_data', 'end_data', 'start_brk',
  'arg_start', 'arg_end', 'env_start', 'env_end', 'exit_code',
] as const

export type StatField = (typeof statFields)[number]

export type Stat = {
  readonly pid: number
  readonly comm: string
  /** R S D T t Z X I */
  readonly state: string
} & { readonly [field in StatField]?: number | bigint }

/** The seven numbers of statm, in pages of 4096 bytes. */
export interface Statm {
  readonly size: number
  readonly resident: number
  readonly shared: number
  readonly text: number
  readonly data: number
}

/**
 * Facts of /proc/<pid>/status by the kernel's own keys, values as the kernel
 * prints them less the padding: `VmRSS` is `1716` (kB), `Uid` is
 * `0\t0\t0\t0`, and `Name` is the name itself, less its escapes. The document
 * knows the order and the layout.
 */
export type Status = { readonly [key: string]: string }

/** One line of /proc/<pid>/mounts, unescaped. */
export interface Mount {
  readonly source: string
  readonly point: string
  readonly type: string
  readonly options: string
}

/** A file that a task has open, or a handle. */
export interface Descriptor {
  /** What its link tells: `/dev/null`, `pipe:[4026]`, `Event:[68]`. */
  readonly target: string
  /** What it was opened for: Access.read, Access.write, or both. */
  readonly access: number
}

/** What ended a process, or had it dumped. */
export interface Crash {
  /** The thread that it happened in. */
  readonly tid: number
  /** As the system numbers it: 0xc0000005. */
  readonly code: number
  /** What the code means: `EXCEPTION_ACCESS_VIOLATION`; '' if unknown. */
  readonly name: string
  /** Where the program was; all 64 bits, and maybe no address of its own. */
  readonly address: bigint
  /** What it tried there, and with which address. */
  readonly tried?: {
    readonly how: 'read' | 'write' | 'execute'
    readonly address: bigint
  }
  /** What else was recorded, by keys of its own. */
  readonly notes: readonly (readonly [string, string])[]
}

/** One thread, or the process as a whole (its `tid` is the pid then). */
export interface Task {
  readonly tid: number
  /** Ascending, disjoint. Walked anew at every call, lazily. */
  regions(): Iterable<Region>
  /** The bytes that are there: short or empty, never an error for a hole. */
  read(address: number, length: number): Uint8Array
  /**
   * Whether it has no address space at all: a zombie, a kernel thread. Absent
   * where all of them have one.
   */
  isBare?(): boolean
  /** For people: why `read` finds nothing at an address. */
  unread?(address: bigint): string
  /**
   * Heaps, stacks and the like that the regions themselves do not name; to be
   * given those of one walk, all of them.
   */
  spans?(regions: readonly Region[]): Iterable<Span>
  /**
   * Bytes in `[start, end)` that are there to be read at once: resident, or
   * what comes closest to it where the source cannot know.
   */
  resident?(start: number, end: number): number
  comm?(): string
  /** Arguments, each ended by NUL; empty for a zombie or a kernel thread. */
  cmdline?(): string
  environ?(): string
  /** As the kernel wrote it, bytes as provider/text.ts decodes them. */
  auxv?(): string
  /** The numbers that files are open by, ascending. */
  fds?(): number[]
  /** ENOENT for one that is not open; there is one where `fds` is. */
  fd?(fd: number): Descriptor
  /** Lines, as the kernel writes them; ENOENT likewise. */
  fdinfo?(fd: number): string
  stat?(): Stat
  statm?(): Statm
  status?(): Status
  mounts?(): Iterable<Mount>
  /** Absent of one that did not crash, as far as is known. */
  crash?(): Crash
  exe?(): string
  cwd?(): string
  root?(): string
}

/**
 * An open process, held until `close`. It never becomes another one: every
 * fact is this process's own, or ESRCH.
 */
export interface Process extends Task {
  readonly pid: number
  /** Start time; with the pid it is the identity. Unit: the source's own. */
  readonly start: bigint
  owner(): Owner
  /** Thread ids, ascending. */
  tids(): number[]
  /** ESRCH if there is no such thread in this process. */
  thread(tid: number): Task
  /** Whether Windows or Linux itself would let the caller do this. */
  may(caller: Caller, right: Right): boolean
  /** Throws ESRCH unless (pid, start) is still the one opened. */
  verify(): void
  close(): void
}

export interface Uptime {
  /** Seconds since boot. */
  readonly up: number
  /** Idle seconds, summed over all processors. */
  readonly idle: number
}

/**
 * Where the time of a processor went: the columns of a `cpu` line of
 * /proc/stat, in order, by the names of proc(5) (fs/proc/stat.c:show_stat).
 */
// prettier-ignore
export const cpuFields = [
  'user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal',
  'guest', 'guest_nice',
] as const

/** Clock ticks (100 Hz) since boot. */
export type CpuTimes = {
  readonly [field in (typeof cpuFields)[number]]?: number
}

/** What /proc/stat tells of the machine; counts are since boot. */
export interface KernelStat {
  /** All processors together. */
  readonly cpu: CpuTimes
  /** Those that are online, each with its number. */
  readonly cpus: readonly {
    readonly number: number
    readonly times: CpuTimes
  }[]
  /** Interrupts: all, and then, where that is known, those of each number. */
  readonly intr: readonly number[]
  /** Context switches. */
  readonly ctxt: number
  /** Boot: seconds since 1970. */
  readonly btime: number
  /** Processes and threads that were begun. */
  readonly processes: number
  /** Threads that run, or could; and those that wait for a disk. */
  readonly procs_running: number
  readonly procs_blocked: number
  /** Soft interrupts: all, and then, where that is known, of each kind. */
  readonly softirq: readonly number[]
}

export interface System {
  /** Ascending; processes, not threads. */
  pids(): number[]
  /**
   * Throws ESRCH if there is none. With `start`, the process that started
   * then: any other is ESRCH, at once or from the first fact that is asked.
   */
  process(pid: number, start?: bigint): Process
  /** Process of a thread; undefined if there is no such thread. */
  leader(tid: number): number | undefined
  /**
   * What `self` leads to, whoever asks, where the processes are not those of
   * the machine that asks; undefined if to nothing.
   */
  self?(): number | undefined
  /** What is to be known of the source as a whole, each in one line. */
  notes?(): Iterable<string>
  stat?(): KernelStat
  uptime?(): Uptime
  /** One line, without its end. */
  version?(): string
  filesystems?(): Iterable<{ readonly name: string; readonly nodev: boolean }>
  close?(): void
}

/** What a provider's module exports. */
export interface Provider {
  open(options: ProviderOptions): System
}

export interface ProviderOptions {
  /** Find heaps and stacks, too ({@link Task.spans}). */
  readonly spans: boolean
}
