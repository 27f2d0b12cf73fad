import { Errno } from '../errno.ts'
import {
  processesIn,
  SystemExtendedProcessInformation,
  type ProcessEntry,
} from '../nt/processes.ts'
import { u32 } from '../nt/layout.ts'
import { viewOf } from '../nt/memory.ts'
import { addressOf } from '../dll.ts'
import { ntdll } from './ntdll.ts'
import { ofStatus, Status } from './status.ts'

/** Milliseconds for which a snapshot may be shared. */
export const shared = 50

/** Bytes of a snapshot; more is EFBIG. */
export const snapshotBound = 0x1000_0000

/** Bytes by which a system may grow from one call to the next. */
const slack = 0x1_0000

/** All processes at one moment. */
export interface Snapshot {
  /** Milliseconds, of the clock: taken no earlier than this. */
  readonly at: number
  readonly processes: ReadonlyMap<number, ProcessEntry>
  /** The process of each thread. */
  readonly leaders: ReadonlyMap<number, number>
}

export interface SnapshotOptions {
  readonly query?: typeof ntdll.NtQuerySystemInformation
  /** Where a buffer is. */
  readonly addressOf?: (bytes: Uint8Array) => number
  /** Milliseconds, ascending. */
  readonly now?: () => number
}

const indexed = (at: number, entries: readonly ProcessEntry[]): Snapshot => {
  // 0 is the idle process, which is none that could be opened
  const real = entries.filter(({ pid }) => pid !== 0)
  return {
    at,
    processes: new Map(real.map(entry => [entry.pid, entry])),
    leaders: new Map(
      real.flatMap(({ pid, threads }) =>
        threads.map(({ tid }) => [tid, pid] as const),
      ),
    ),
  }
}

/** Snapshots of all processes and threads, each from a call of its own. */
export class Snapshots {
  readonly #query: typeof ntdll.NtQuerySystemInformation
  readonly #addressOf: (bytes: Uint8Array) => number
  readonly #now: () => number
  readonly #needed = new Uint8Array(4)
  #buffer = new Uint8Array(0x4_0000)
  #last: Snapshot | undefined

  constructor(options: SnapshotOptions = {}) {
    this.#query = options.query ?? ntdll.NtQuerySystemInformation
    this.#addressOf = options.addressOf ?? addressOf
    this.#now = options.now ?? (() => performance.now())
  }

  /**
   * One that is at most {@link shared} old; a `fresh` one is taken now. EFBIG
   * beyond {@link snapshotBound}, EIO for one that contradicts itself.
   */
  take(fresh: 'shared' | 'fresh' = 'shared'): Snapshot {
    const now = this.#now()
    const last = this.#last
    const isOld = last === undefined || now - last.at > shared
    return isOld || fresh === 'fresh'
      ? (this.#last = indexed(now, this.#entries()))
      : last
  }

  /**
   * The process that has this pid and began then, from a shared snapshot if it
   * is in there: one that is held open cannot have given its pid away since.
   */
  entry(pid: number, created: bigint): ProcessEntry {
    for (const age of ['shared', 'fresh'] as const) {
      const found = this.take(age).processes.get(pid)
      if (found?.created === created) return found
    }
    throw new Errno('ESRCH')
  }

  #entries(): ProcessEntry[] {
    for (;;) {
      const buffer = this.#buffer
      const { length } = buffer
      const query = this.#query
      const status = query(
        SystemExtendedProcessInformation,
        buffer,
        length,
        this.#needed,
      )
      if (status >= 0) return processesIn(buffer, this.#addressOf(buffer))
      if (status !== Status.InfoLengthMismatch)
        throw ofStatus(status, 'snapshot of processes')
      if (length === snapshotBound)
        throw new Errno(
          'EFBIG',
          `more than ${snapshotBound} bytes of processes`,
        )
      const needed = u32.get(viewOf(this.#needed), 0) + slack
      const size = Math.max(length * 2, needed)
      this.#buffer = new Uint8Array(Math.min(size, snapshotBound))
    }
  }
}
