import type { Stat, Status } from '../contract.ts'
import { Errno } from '../errno.ts'
import type { ThreadEntry } from '../nt/processes.ts'
import { ThreadNameInformation } from '../nt/query.ts'
import { threadStatOf, threadStatusOf } from './facts.ts'
import { openThread, Rights } from './handle.ts'
import type { Target } from './target.ts'
import { WindowsTask } from './task.ts'
import { textOf } from './text.ts'

const find = (target: Target, tid: number): ThreadEntry | undefined =>
  target.entry().threads.find(thread => thread.tid === tid)

/** ESRCH if the process has no such thread, nor has begun one just now. */
const threadOf = (target: Target, tid: number): ThreadEntry => {
  const found = find(target, tid)
  if (found !== undefined) return found
  target.machine.snapshots.take('fresh')
  const begun = find(target, tid)
  if (begun === undefined) throw new Errno('ESRCH')
  return begun
}

/**
 * A thread of a process, by the time that it began. Approximation: it is
 * believed to live for as long as a snapshot may be shared, so that the name of
 * one that ended may be that of whoever got its number meanwhile.
 */
export class WindowsThread extends WindowsTask {
  readonly #created: bigint

  constructor(target: Target, tid: number, spans: boolean) {
    super(target, tid, spans)
    this.#created = threadOf(target, tid).created
  }

  #entry(): ThreadEntry {
    const thread = threadOf(this.target, this.tid)
    if (thread.created !== this.#created) throw new Errno('ESRCH')
    return thread
  }

  verify(): void {
    this.target.verify()
    this.#entry()
  }

  /** What SetThreadDescription gave it, else the process's. */
  comm(): string {
    return this.look(() => {
      const { ntdll } = this.target.machine
      const handle = openThread(ntdll, this.tid, Rights.thread)
      if (handle === undefined) return this.target.entry().name
      try {
        const name = textOf(buffer =>
          ntdll.NtQueryInformationThread(
            handle,
            ThreadNameInformation,
            buffer,
            buffer.length,
            null,
          ),
        )
        return name || this.target.entry().name
      } finally {
        ntdll.NtClose(handle)
      }
    })
  }

  stat(): Stat {
    const comm = this.comm()
    return this.look(() =>
      threadStatOf(this.target.entry(), this.#entry(), comm, this.around()),
    )
  }

  status(): Status {
    const comm = this.comm()
    return this.look(() =>
      threadStatusOf(this.target.entry(), this.#entry(), comm, this.around()),
    )
  }
}
