import type { Task } from '../../provider/contract.ts'
import { statusName } from './escape.ts'

/**
 * The kernel's order (fs/proc/array.c:proc_pid_status, fs/proc/task_mmu.c:
 * task_mem, mm/hugetlb.c). Older kernels have VmPMD, those of some processors
 * the last two (arch/x86/kernel/cpu/proc.c).
 */
// prettier-ignore
export const statusKeys = [
  'Name', 'Umask', 'State', 'Tgid', 'Ngid', 'Pid', 'PPid', 'TracerPid', 'Uid',
  'Gid', 'FDSize', 'Groups', 'NStgid', 'NSpid', 'NSpgid', 'NSsid', 'Kthread',
  'VmPeak', 'VmSize', 'VmLck', 'VmPin', 'VmHWM', 'VmRSS', 'RssAnon', 'RssFile',
  'RssShmem', 'VmData', 'VmStk', 'VmExe', 'VmLib', 'VmPTE', 'VmPMD', 'VmSwap',
  'HugetlbPages', 'CoreDumping', 'THP_enabled', 'untag_mask', 'Threads', 'SigQ',
  'SigPnd', 'ShdPnd', 'SigBlk', 'SigIgn', 'SigCgt', 'CapInh', 'CapPrm',
  'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs', 'Seccomp', 'Seccomp_filters',
  'Speculation_Store_Bypass', 'SpeculationIndirectBranch', 'Cpus_allowed',
  'Cpus_allowed_list', 'Mems_allowed', 'Mems_allowed_list',
  'voluntary_ctxt_switches', 'nonvoluntary_ctxt_switches',
  'x86_Thread_features', 'x86_Thread_features_locked',
]

/** How a value is laid out: the first row whose key fits. */
const layouts: readonly (readonly [RegExp, (value: string) => string])[] = [
  [/^Name$/, statusName],
  [/^(?:Vm|Rss|HugetlbPages$)/, value => `${value.padStart(8)} kB`],
]

const layoutOf = (key: string): ((value: string) => string) =>
  layouts.find(([keys]) => keys.test(key))?.[1] ?? String

const known = new Map(statusKeys.map(key => [key, layoutOf(key)]))

/**
 * `Key:<tab>value` for every key that the source knows, in the kernel's order;
 * a key that is not in it comes last, in the order given.
 */
export function* status(task: Task): Generator<string> {
  const facts = task.status?.() ?? {}
  for (const [key, layout] of known) {
    const value = facts[key]
    if (value !== undefined) yield `${key}:\t${layout(value)}\n`
  }
  for (const [key, value] of Object.entries(facts))
    if (!known.has(key)) yield `${key}:\t${layoutOf(key)(value)}\n`
}
