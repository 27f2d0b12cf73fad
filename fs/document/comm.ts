import type { Task } from '../../provider/contract.ts'

/** The name as it is, whatever it holds (fs/proc/base.c:comm_show). */
export function* comm(task: Task): Generator<string> {
  yield `${task.comm?.() ?? ''}\n`
}
