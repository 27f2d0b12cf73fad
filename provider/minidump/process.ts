import type {
  Caller,
  Crash,
  Descriptor,
  Owner,
  Process,
  Region,
  Right,
  Span,
  Stat,
  Statm,
  Status,
  Task,
} from '../contract.ts'
import { Errno } from '../errno.ts'
import { cmdlineOf } from '../nt/cmdline.ts'
import { descriptorOf } from './descriptor.ts'
import type { Facts } from './facts.ts'
import { statmOf, statOf, statusOf } from './numbers.ts'
import { spansOf } from './spans.ts'

/** The program's file, less its folder. */
const fileOf = (path: string): string => path.replace(/^.*[\\/]/s, '')

export interface TaskOptions {
  /** Seconds since 1970, from which starttime counts. */
  readonly boot: bigint
  readonly spans: boolean
}

/** The process of a dump, or a thread of it, which tells much the same. */
export class DumpTask implements Task {
  readonly tid: number
  /** Of its process, as that is shown. */
  readonly pid: number
  readonly comm?: () => string
  readonly exe?: () => string
  readonly root?: () => string
  readonly crash?: () => Crash
  readonly spans?: (regions: readonly Region[]) => Span[]
  protected readonly facts: Facts

  protected readonly options: TaskOptions

  constructor(facts: Facts, pid: number, tid: number, options: TaskOptions) {
    this.facts = facts
    this.options = options
    this.pid = pid
    this.tid = tid
    if (facts.hasCrash) this.crash = facts.crash
    if (options.spans) this.spans = regions => spansOf(facts, regions)
    if (!facts.hasModules) return
    this.comm = () => this.name()
    this.exe = () => facts.program()
    this.root = () => facts.root()
  }

  cmdline(): string {
    return cmdlineOf(this.facts.started('commandLine'))
  }

  environ(): string {
    return this.facts.started('environment')
  }

  /** Without the backslash at its end, unless it is that of a drive. */
  cwd(): string {
    return this.facts.started('currentDirectory').replace(/(?<=[^:])\\$/, '')
  }

  stat(): Stat {
    return statOf(this.facts, this, this.comm?.() ?? '', this.options.boot)
  }

  statm(): Statm {
    return statmOf(this.facts)
  }

  status(): Status {
    return statusOf(this.facts, this, this.comm?.() ?? '')
  }

  /** What SetThreadDescription gave the thread; else the program's. */
  private name(): string {
    const { facts, tid } = this
    return facts.threadNames().get(tid) || fileOf(facts.program())
  }

  /** Put together where there is no MemoryInfoList ({@link Facts.regions}). */
  regions(): Iterable<Region> {
    return this.facts.regions()
  }

  /** What the dump holds of it: what was resident is not recorded. */
  resident(start: number, end: number): number {
    return this.facts.held(start, end)
  }

  /** Handles by their values; EIO where none were recorded. */
  fds(): number[] {
    return [...this.facts.handles().numbers]
  }

  fd(fd: number): Descriptor {
    const handle = this.facts.handles().handle(fd)
    if (handle === undefined) throw new Errno('ENOENT')
    return descriptorOf(handle, fd)
  }

  unread(address: bigint): string {
    return this.facts.unread(address)
  }

  /** Of a dump without memory all is one hole. */
  read(address: number, length: number): Uint8Array {
    return this.facts.read(address, length)
  }
}

/** The process that was dumped: never gone, never changing. */
export class DumpProcess extends DumpTask implements Process {
  readonly start: bigint
  private readonly opener: Owner

  /** `pid` is what it is shown as, of a folder of dumps not always its own. */
  constructor(facts: Facts, pid: number, opener: Owner, options: TaskOptions) {
    super(facts, pid, pid, options)
    this.start = facts.identity.start
    this.opener = opener
  }

  /** Who opened the dump, and so could read its file. */
  owner(): Owner {
    return this.opener
  }

  tids(): number[] {
    return [...this.facts.tids()]
  }

  thread(tid: number): Task {
    if (!this.facts.hasThread(tid)) throw new Errno('ESRCH')
    return new DumpTask(this.facts, this.pid, tid, this.options)
  }

  /**
   * What it holds is for root and for who opened it. The mode of its file is
   * not asked: that may let others read what its folder does not.
   */
  may(caller: Caller, right: Right): boolean {
    return (
      right === 'none' ||
      right === 'limited' ||
      caller.uid === 0 ||
      caller.uid === this.opener.uid
    )
  }

  /** A dump is of this process and stays so. */
  verify(): void {}

  /** Nothing is held for it: the dump stays open. */
  close(): void {}
}
