import { existsSync, readdirSync } from 'node:fs'
import type {
  Descriptor,
  Mount,
  Region,
  Span,
  Stat,
  Statm,
  Status,
  Task,
} from '../contract.ts'
import { Errno } from '../errno.ts'
import { decode } from '../text.ts'
import { descriptorAt, fdsOf, targetOf } from './fd.ts'
import { named, opened, readAll, readOnce } from './file.ts'
import { isBare, readOf } from './memory.ts'
import { parseMounts } from './mounts.ts'
import { findSpans } from './spans.ts'
import { parseStat, parseStatm } from './stat.ts'
import { parseStatus } from './status.ts'
import { walk } from './walk.ts'

/**
 * The facts of one directory, /proc/<pid> or /proc/<pid>/task/<tid>: each is
 * read when asked for, and is this task's or an error. Errors are the kernel's
 * own, except that a task which is gone is always ESRCH. Text is decoded
 * without loss (provider/text.ts).
 */
export abstract class LinuxTask implements Task {
  readonly tid: number
  readonly spans?: (regions: readonly Region[]) => Span[]
  protected readonly path: string

  constructor(path: string, tid: number, spans: boolean) {
    this.path = path
    this.tid = tid
    if (spans) this.spans = regions => this.look(() => findSpans(path, regions))
  }

  /** Throws ESRCH if it is gone. */
  abstract verify(): void

  /**
   * What was seen by the task's path counts if the task is there afterwards:
   * while it is, no other can have its number.
   */
  protected look<T>(see: () => T): T {
    let seen: T
    try {
      seen = see()
    } catch (thrown) {
      this.verify()
      throw named(thrown)
    }
    this.verify()
    return seen
  }

  protected once<T>(name: string, parse: (text: Buffer) => T): T {
    return this.look(() =>
      opened(`${this.path}/${name}`, fd => parse(readOnce(fd))),
    )
  }

  private link(name: string): string {
    return this.look(() => targetOf(`${this.path}/${name}`))
  }

  regions(): Region[] {
    return this.look(() => walk(this.path))
  }

  read(address: number, length: number): Uint8Array {
    return this.look(() => readOf(this.path, address, length))
  }

  isBare(): boolean {
    return this.look(() => isBare(this.path))
  }

  auxv(): string {
    return this.once('auxv', decode)
  }

  fds(): number[] {
    return this.look(() => fdsOf(readdirSync(`${this.path}/fd`)))
  }

  fd(fd: number): Descriptor {
    return this.look(() => descriptorAt(`${this.path}/fd/${fd}`))
  }

  fdinfo(fd: number): string {
    return this.look(() =>
      opened(`${this.path}/fdinfo/${fd}`, fd => decode(readAll(fd))),
    )
  }

  /** Without the newline that the kernel adds to it. */
  comm(): string {
    return this.once('comm', text => decode(text.subarray(0, -1)))
  }

  cmdline(): string {
    return this.once('cmdline', decode)
  }

  environ(): string {
    return this.once('environ', decode)
  }

  stat(): Stat {
    return this.once('stat', parseStat)
  }

  statm(): Statm {
    return this.once('statm', parseStatm)
  }

  status(): Status {
    return this.once('status', parseStatus)
  }

  mounts(): Mount[] {
    return this.look(() =>
      opened(`${this.path}/mounts`, fd => parseMounts(readAll(fd))),
    )
  }

  exe(): string {
    return this.link('exe')
  }

  cwd(): string {
    return this.link('cwd')
  }

  root(): string {
    return this.link('root')
  }
}

/**
 * A thread by its number in its process. The contract gives it no identity of
 * its own: one that ended and whose number another thread of the same process
 * took cannot be told from that.
 */
export class LinuxThread extends LinuxTask {
  private readonly process: LinuxTask

  constructor(process: LinuxTask, path: string, tid: number) {
    super(path, tid, process.spans !== undefined)
    this.process = process
  }

  verify(): void {
    this.process.verify()
    if (!existsSync(this.path)) throw new Errno('ESRCH')
  }
}
