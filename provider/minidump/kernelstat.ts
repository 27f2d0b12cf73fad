import type { KernelStat } from '../contract.ts'
import type { Facts } from './facts.ts'

const earliest = (times: readonly bigint[]): bigint | undefined =>
  times.reduce<bigint | undefined>(
    (first, time) => (first === undefined || time < first ? time : first),
    undefined,
  )

/**
 * Seconds since 1970 from which starttime counts. Approximation, for no dump
 * tells when its machine was started: the start of the first of its processes
 * that tell theirs; where none does, when the first dump was made.
 */
export const bootOf = (dumps: readonly Facts[]): bigint => {
  const told = dumps.map(({ identity }) => identity)
  const starts = told.map(({ start }) => start).filter(start => start !== 0n)
  return earliest(starts) ?? earliest(told.map(({ written }) => written)) ?? 0n
}

/**
 * /proc/stat of dumps. Approximations: no dump tells what processors did, nor
 * counts of the machine, so all that is 0, on as many processors as the
 * largest machine had; `processes` counts what is dumped, with its threads, of
 * which none runs; btime is {@link bootOf}.
 */
export const kernelStatOf = (
  dumps: readonly Facts[],
  boot: bigint,
): KernelStat => {
  const processors = Math.max(
    0,
    ...dumps.map(({ identity }) => identity.processors),
  )
  const tasks = dumps.map(facts =>
    facts.hasThreads ? Math.max(1, facts.tids().length) : 1,
  )
  return {
    cpu: {},
    cpus: Array.from({ length: processors }, (_, number) => ({
      number,
      times: {},
    })),
    intr: [],
    ctxt: 0,
    btime: Number(boot),
    processes: tasks.reduce((sum, count) => sum + count, 0),
    procs_running: 0,
    procs_blocked: 0,
    softirq: [],
  }
}
