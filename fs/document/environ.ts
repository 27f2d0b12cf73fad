import type { Task } from '../../provider/contract.ts'

/** `NAME=value`, each ended by NUL (fs/proc/base.c:environ_read). */
export function* environ(task: Task): Generator<string> {
  yield task.environ?.() ?? ''
}
