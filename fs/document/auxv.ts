import type { Task } from '../../provider/contract.ts'

/** Pairs of words, the last of them AT_NULL (fs/proc/base.c:auxv_read). */
export function* auxv(task: Task): Generator<string> {
  yield task.auxv?.() ?? ''
}
