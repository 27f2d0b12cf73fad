import type { Region, Span, Stat, Statm, Status, Task } from '../contract.ts'
import { Errno } from '../errno.ts'
import { cmdlineOf } from '../nt/cmdline.ts'
import { ProcessInfo } from '../nt/query.ts'
import { statmOf, type Around } from './facts.ts'
import { timesOf } from './machine.ts'
import { spansOf } from './spans.ts'
import type { Target } from './target.ts'
import { textOf } from './text.ts'
import { systemRoot } from './volumes.ts'

/** `C:\` keeps its backslash, every other folder loses it. */
const folder = (path: string): string =>
  path.length > 3 && path.endsWith('\\') ? path.slice(0, -1) : path

/**
 * The facts of a process, which its threads tell like itself. Each is gathered
 * when asked for, and counts if the process is there afterwards.
 */
export abstract class WindowsTask implements Task {
  readonly tid: number
  readonly spans?: (regions: readonly Region[]) => Span[]
  protected readonly target: Target

  constructor(target: Target, tid: number, spans: boolean) {
    this.target = target
    this.tid = tid
    if (spans) this.spans = regions => this.look(() => spansOf(target, regions))
  }

  /** Throws ESRCH if it is gone. */
  abstract verify(): void
  abstract comm(): string
  abstract stat(): Stat
  abstract status(): Status

  protected look<T>(see: () => T): T {
    let seen: T
    try {
      seen = see()
    } catch (thrown) {
      this.verify()
      throw thrown
    }
    this.verify()
    return seen
  }

  protected around(): Around {
    const { snapshots, ntdll } = this.target.machine
    const { parent } = this.target.entry()
    return {
      boot: timesOf(ntdll).boot,
      parent: snapshots.take().processes.get(parent),
    }
  }

  /** Text of an information class of the process; undefined if it has none. */
  #told(information: number): string | undefined {
    const { ntdll } = this.target.machine
    const handle = this.target.limited()
    return textOf(buffer =>
      ntdll.NtQueryInformationProcess(
        handle,
        information,
        buffer,
        buffer.length,
        null,
      ),
    )
  }

  regions(): Region[] {
    return this.look(() => this.target.regions())
  }

  read(address: number, length: number): Uint8Array {
    return this.look(() => this.target.read(address, length))
  }

  /**
   * From the kernel, or before Windows 8.1 and under Wine from the process's
   * own memory; empty for one that has none. EIO where that cannot be read.
   */
  cmdline(): string {
    return this.look(() => {
      const told = this.#told(ProcessInfo.CommandLine)
      if (told !== undefined) return cmdlineOf(told)
      const parameters = this.target.parameters()
      const line = parameters ? parameters.commandLine() : ''
      if (line === undefined) throw this.target.unreadable('command line')
      return cmdlineOf(line)
    })
  }

  /** As it is now in the process's memory, `=C:=C:\x` among its entries. */
  environ(): string {
    return this.look(() => {
      const parameters = this.target.parameters()
      const block = parameters ? parameters.environment() : ''
      if (block === undefined) throw this.target.unreadable('environment')
      return block
    })
  }

  /** As the kernel names it; ENOENT for a process without a program. */
  exe(): string {
    return this.look(() => {
      const path = this.#told(ProcessInfo.ImageFileNameWin32)
      if (path) return path
      // of a volume that has no drive
      const ntPath = this.#told(ProcessInfo.ImageFileName)
      if (ntPath) return this.target.machine.pathOf(ntPath)
      throw new Errno('ENOENT')
    })
  }

  /** As the process has it in its memory; ENOENT for one that has none. */
  cwd(): string {
    return this.look(() => {
      const parameters = this.target.parameters()
      if (parameters === undefined) throw new Errno('ENOENT')
      const path = parameters.currentDirectory()
      if (path === undefined) throw this.target.unreadable('current directory')
      if (path === '') throw new Errno('ENOENT')
      return folder(path)
    })
  }

  /** No process has one of its own: the system's drive. */
  root(): string {
    return this.look(() => systemRoot().slice(0, 3))
  }

  statm(): Statm {
    return this.look(() => statmOf(this.target.entry()))
  }
}
