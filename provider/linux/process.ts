import { closeSync, openSync, readdirSync, statSync } from 'node:fs'
import type { Caller, Owner, Process, Right, Stat, Task } from '../contract.ts'
import { codeOf, Errno } from '../errno.ts'
import { isPublic, isRestricted, mayRead, type Credentials } from './access.ts'
import { named, readOnce } from './file.ts'
import { idsOf, isId } from './names.ts'
import { parseStat, startOf } from './stat.ts'
import { statusField } from './status.ts'
import { LinuxTask, LinuxThread } from './task.ts'

const gone = new Set(['ENOENT', 'ESRCH', 'ENOTDIR'])

/** ESRCH for what says that there is no such process. */
const absent = (thrown: unknown): unknown =>
  gone.has(codeOf(thrown) ?? '') ? new Errno('ESRCH') : named(thrown)

/** `Uid` and `Gid` of status: real, effective, saved, file system's. */
const ids = (field: string): number[] => {
  const numbers = field.split('\t').slice(0, 3).map(Number)
  if (numbers.length !== 3) throw new Errno('EIO', 'status: malformed')
  return numbers
}

const capabilities = /^[0-9a-f]{1,16}$/

const credentials = (status: Buffer, owner: Owner): Credentials => {
  const permitted = statusField(status, 'CapPrm') ?? ''
  if (!capabilities.test(permitted)) throw new Errno('EIO')
  return {
    uids: ids(statusField(status, 'Uid') ?? ''),
    gids: ids(statusField(status, 'Gid') ?? ''),
    capabilities: BigInt(`0x${permitted}`),
    owner,
  }
}

/**
 * A process by its pid, or by the number of any thread of it, as /proc itself
 * resolves those.
 *
 * Its `stat` stays open: the descriptor is bound to the process and not to the
 * number, so that a read fails with ESRCH once the process has been reaped
 * (fs/proc/base.c:proc_single_show), and as long as it does not, the number is
 * no other's. A zombie is still there.
 */
export class LinuxProcess extends LinuxTask implements Process {
  readonly pid: number
  readonly start: bigint
  private statFd: number

  /** One that started at `start`, if given, is believed until it is read. */
  constructor(path: string, pid: number, spans: boolean, start?: bigint) {
    super(path, pid, spans)
    this.pid = pid
    this.statFd = openSync(`${path}/stat`, 'r')
    try {
      this.start = start ?? startOf(readOnce(this.statFd))
    } catch (thrown) {
      closeSync(this.statFd)
      throw thrown
    }
  }

  private own<T>(parse: (stat: Buffer) => T): T {
    if (this.statFd < 0) throw new Errno('EBADF')
    try {
      const stat = readOnce(this.statFd)
      if (startOf(stat) !== this.start) throw new Errno('ESRCH')
      return parse(stat)
    } catch (thrown) {
      throw absent(thrown)
    }
  }

  verify(): void {
    this.own(() => undefined)
  }

  override stat(): Stat {
    return this.own(parseStat)
  }

  /** The effective ids (fs/proc/base.c:task_dump_owner). */
  owner(): Owner {
    return this.look(() => {
      const { uid, gid } = statSync(this.path)
      return { uid, gid }
    })
  }

  tids(): number[] {
    return this.look(() => idsOf(readdirSync(`${this.path}/task`)))
  }

  thread(tid: number): Task {
    if (!isId(tid)) throw new Errno('ESRCH')
    const thread = new LinuxThread(this, `${this.path}/task/${tid}`, tid)
    thread.verify()
    return thread
  }

  /**
   * Read anew at each call, for a process may change its ids and execute
   * others' programs: who gathers facts asks before, and again after. The rule
   * is {@link mayRead}'s, by the ids of the process's first thread, also for
   * its other threads, where the kernel asks for each one's own.
   */
  may(caller: Caller, right: Right): boolean {
    if (isPublic(right) || caller.uid === 0) return true
    if (right === 'attach' && isRestricted(this.path)) return false
    return this.once('status', status =>
      mayRead(caller, credentials(status, statSync(`${this.path}/maps`))),
    )
  }

  /** Afterwards everything is EBADF. */
  close(): void {
    if (this.statFd >= 0) closeSync(this.statFd)
    this.statFd = -1
  }
}

/**
 * ESRCH if there is no such process; if there is, but `start` is given and not
 * its own, from everything that is asked of it.
 */
export const openProcess = (
  root: string,
  pid: number,
  spans: boolean,
  start?: bigint,
): LinuxProcess => {
  if (!isId(pid)) throw new Errno('ESRCH')
  try {
    return new LinuxProcess(`${root}/${pid}`, pid, spans, start)
  } catch (thrown) {
    throw absent(thrown)
  }
}
