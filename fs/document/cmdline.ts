import type { Task } from '../../provider/contract.ts'

/**
 * Arguments, each ended by NUL (fs/proc/base.c:proc_pid_cmdline_read); empty
 * for a zombie and a kernel thread.
 */
export function* cmdline(task: Task): Generator<string> {
  yield task.cmdline?.() ?? ''
}
