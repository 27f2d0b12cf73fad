import type { KernelStat, Process, System, Uptime } from '../contract.ts'
import { kernelStatOf } from './kernelstat.ts'
import { idleOf, timesOf, versionOf } from './machine.ts'
import { openProcess } from './process.ts'
import type { Machine } from './target.ts'

export class WindowsSystem implements System {
  readonly #machine: Machine
  readonly #spans: boolean

  constructor(machine: Machine, spans: boolean) {
    this.#machine = machine
    this.#spans = spans
  }

  /** Of a snapshot that may be shared; the idle process is none. */
  pids(): number[] {
    const { processes } = this.#machine.snapshots.take()
    return [...processes.keys()].toSorted((a, b) => a - b)
  }

  process(pid: number, start?: bigint): Process {
    return openProcess(this.#machine, pid, this.#spans, start)
  }

  /**
   * Of a process's own id it is itself: a caller may know that alone, and
   * Windows numbers threads and processes from one table, so no thread has it.
   */
  leader(tid: number): number | undefined {
    const { snapshots } = this.#machine
    const find = (age: 'shared' | 'fresh'): number | undefined => {
      const { leaders, processes } = snapshots.take(age)
      return leaders.get(tid) ?? processes.get(tid)?.pid
    }
    return find('shared') ?? find('fresh')
  }

  stat(): KernelStat {
    return kernelStatOf(this.#machine)
  }

  uptime(): Uptime {
    const { ntdll } = this.#machine
    const { boot, now } = timesOf(ntdll)
    return { up: Number(now - boot) / 1e7, idle: idleOf(ntdll) }
  }

  /** As the kernel's own begins: the system's name, `version`, its release. */
  version(): string {
    const { major, minor, build } = versionOf(this.#machine.ntdll)
    return `Windows_NT version ${major}.${minor}.${build}`
  }
}
