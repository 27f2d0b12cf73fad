import {
  cpuFields,
  type CpuTimes,
  type KernelStat,
  type System,
} from '../../provider/contract.ts'

/** Of a machine that tells nothing. */
const nothing: KernelStat = {
  cpu: {},
  cpus: [],
  intr: [],
  ctxt: 0,
  btime: 0,
  processes: 0,
  procs_running: 0,
  procs_blocked: 0,
  softirq: [],
}

/** Numbers that follow `softirq`: of all, and of each kind. */
const softirqs = 11

const columns = (times: CpuTimes): string =>
  cpuFields.map(field => times[field] ?? 0).join(' ')

/**
 * /proc/stat (fs/proc/stat.c:show_stat). `intr` has as many numbers as are
 * known, and at least that of all.
 */
export function* kernelStat(system: System): Generator<string> {
  const { cpu, cpus, intr, softirq, ...counts } = system.stat?.() ?? nothing
  yield `cpu  ${columns(cpu)}\n`
  for (const { number, times } of cpus) yield `cpu${number} ${columns(times)}\n`
  yield `intr ${intr.join(' ') || 0}\n`
  yield `ctxt ${counts.ctxt}\n`
  yield `btime ${counts.btime}\n`
  yield `processes ${counts.processes}\n`
  yield `procs_running ${counts.procs_running}\n`
  yield `procs_blocked ${counts.procs_blocked}\n`
  const unknown = Math.max(0, softirqs - softirq.length)
  yield `softirq ${[...softirq, ...Array<number>(unknown).fill(0)].join(' ')}\n`
}
