import type { CpuTimes, KernelStat } from '../contract.ts'
import { epoch } from '../nt/query.ts'
import { isRunning, ticks } from './facts.ts'
import { contextSwitchesOf, processorsOf, timesOf } from './machine.ts'
import type { Processor } from './machine.ts'
import type { Machine } from './target.ts'

/** 100 ns in a second. */
const second = 10_000_000n

/** Time of DPCs, which are what Linux has soft interrupts for, is softirq. */
const columns = {
  user: 'user',
  system: 'kernel',
  idle: 'idle',
  irq: 'interrupt',
  softirq: 'dpc',
} as const satisfies { readonly [field in keyof CpuTimes]: keyof Processor }

const timesIn = (told: readonly Processor[]): CpuTimes =>
  Object.fromEntries(
    Object.entries(columns).map(([field, key]) => [
      field,
      ticks(told.reduce((sum, processor) => sum + processor[key], 0)),
    ]),
  )

/**
 * /proc/stat of a Windows. Approximations: interrupts and context switches
 * start over at 2^32 (of each processor, the former); of soft interrupts there
 * is no count; `processes` counts those and the threads that there are, since
 * Windows does not tell how many there were; none waits for a disk, that is
 * not told. Nothing is nice: Windows does not keep that apart.
 */
export const kernelStatOf = ({ ntdll, snapshots }: Machine): KernelStat => {
  const told = processorsOf(ntdll)
  const { processes } = snapshots.take()
  const threads = [...processes.values()].flatMap(({ threads }) => threads)
  return {
    cpu: timesIn(told),
    cpus: told.map((processor, number) => ({
      number,
      times: timesIn([processor]),
    })),
    intr: [told.reduce((sum, { interrupts }) => sum + interrupts, 0)],
    ctxt: contextSwitchesOf(ntdll),
    btime: Number(timesOf(ntdll).boot / second) - epoch,
    processes: threads.length,
    procs_running: threads.filter(isRunning).length,
    procs_blocked: 0,
    softirq: [],
  }
}
