import type {
  Caller,
  Owner,
  Process,
  Region,
  Right,
  Span,
  Task,
} from '../contract.ts'
import { Errno } from '../errno.ts'
import type { Facts } from './facts.ts'
import { spansOf } from './spans.ts'

/** The program's file, less its folder. */
const fileOf = (path: string): string => path.replace(/^.*[\\/]/s, '')

/** The process of a dump, or a thread of it, which tells the same. */
export class DumpTask implements Task {
  readonly tid: number
  readonly comm?: () => string
  readonly exe?: () => string
  readonly spans?: (regions: readonly Region[]) => Span[]
  protected readonly facts: Facts

  constructor(facts: Facts, tid: number, spans: boolean) {
    this.facts = facts
    this.tid = tid
    if (spans) this.spans = regions => spansOf(facts, regions)
    if (!facts.hasModules) return
    this.comm = () => fileOf(facts.program())
    this.exe = () => facts.program()
  }

  /** EIO without MemoryInfoList. */
  regions(): Iterable<Region> {
    return this.facts.regions()
  }

  /** Of a dump without memory all is one hole. */
  read(address: number, length: number): Uint8Array {
    return this.facts.read(address, length)
  }
}

/** The process that was dumped: never gone, never changing. */
export class DumpProcess extends DumpTask implements Process {
  readonly pid: number
  readonly start: bigint
  private readonly opener: Owner

  constructor(facts: Facts, opener: Owner, spans: boolean) {
    const { pid, start } = facts.identity
    super(facts, pid, spans)
    this.pid = pid
    this.start = start
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
    if (!this.facts.tids().includes(tid)) throw new Errno('ESRCH')
    return new DumpTask(this.facts, tid, this.spans !== undefined)
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
