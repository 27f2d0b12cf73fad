import type { Owner, Process, ProviderOptions, System } from '../contract.ts'
import { Errno } from '../errno.ts'
import type { Facts } from './facts.ts'
import { DumpProcess } from './process.ts'

/** A system of one process. */
export class DumpSystem implements System {
  readonly close: () => void
  private readonly facts: Facts
  private readonly opener: Owner
  private readonly spans: boolean

  constructor(
    facts: Facts,
    opener: Owner,
    close: () => void,
    { spans }: ProviderOptions = { spans: false },
  ) {
    this.facts = facts
    this.opener = opener
    this.spans = spans
    this.close = close
  }

  pids(): number[] {
    return [this.facts.identity.pid]
  }

  process(pid: number, start?: bigint): Process {
    const { identity } = this.facts
    if (pid !== identity.pid || (start ?? identity.start) !== identity.start)
      throw new Errno('ESRCH')
    return new DumpProcess(this.facts, this.opener, this.spans)
  }

  /** Its threads', where the dump has a list of them. */
  leader(tid: number): number | undefined {
    const { hasThreads, identity } = this.facts
    if (!hasThreads || !this.facts.tids().includes(tid)) return undefined
    return identity.pid
  }
}
