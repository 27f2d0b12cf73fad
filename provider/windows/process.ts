import type {
  Caller,
  Owner,
  Process,
  Right,
  Stat,
  Status,
  Task,
} from '../contract.ts'
import { Errno } from '../errno.ts'
import { statOf, statusOf } from './facts.ts'
import { Target, type Machine } from './target.ts'
import { WindowsTask } from './task.ts'
import { WindowsThread } from './thread.ts'

/** Pids are 32 bits. */
const isPid = (pid: number): boolean =>
  Number.isInteger(pid) && pid > 0 && pid <= 0xffff_ffff

/**
 * A process that is held open. What a snapshot tells of it (names, times,
 * counts) anyone is told; all else needs a right that Windows gives us, or is
 * EACCES, which names the process.
 */
export class WindowsProcess extends WindowsTask implements Process {
  readonly pid: number
  readonly start: bigint
  readonly #hasSpans: boolean

  constructor(target: Target, spans: boolean) {
    super(target, target.pid, spans)
    this.pid = target.pid
    this.start = target.created
    this.#hasSpans = spans
  }

  verify(): void {
    this.target.verify()
  }

  /**
   * Approximation: users of Windows have no such numbers; all is the
   * superuser's.
   */
  owner(): Owner {
    return this.look(() => ({ uid: 0, gid: 0 }))
  }

  tids(): number[] {
    return this.look(() =>
      this.target
        .entry()
        .threads.map(({ tid }) => tid)
        .toSorted((a, b) => a - b),
    )
  }

  thread(tid: number): Task {
    return this.look(() => new WindowsThread(this.target, tid, this.#hasSpans))
  }

  /**
   * What its token gives the caller. One without is this process of ours,
   * which has no number but the superuser's: what Windows lets us open. No
   * other is let in.
   */
  may(caller: Caller, right: Right): boolean {
    if (right === 'none') return true
    const { token } = caller
    if (token !== undefined)
      return this.look(() => this.target.mayBy(token, right))
    return caller.uid === 0 && this.look(() => this.target.may(right))
  }

  /** The program's file name, whole; `System` and the like for what has none. */
  comm(): string {
    return this.look(() => this.target.entry().name)
  }

  stat(): Stat {
    return this.look(() => statOf(this.target.entry(), this.around()))
  }

  status(): Status {
    return this.look(() => statusOf(this.target.entry(), this.around()))
  }

  /** Afterwards everything is EBADF. */
  close(): void {
    this.target.close()
  }
}

/** ESRCH if there is none of this very pid, or it began at another time. */
export const openProcess = (
  machine: Machine,
  pid: number,
  spans: boolean,
  start?: bigint,
): WindowsProcess => {
  if (!isPid(pid)) throw new Errno('ESRCH')
  return new WindowsProcess(new Target(machine, pid, start), spans)
}
