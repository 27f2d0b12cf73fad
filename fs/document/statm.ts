import type { Task } from '../../provider/contract.ts'

/**
 * Seven numbers of pages (fs/proc/array.c:proc_pid_statm): size resident
 * shared text lib data dt, of which Linux knows no lib and no dt; all 0 where
 * there is no address space.
 */
export function* statm(task: Task): Generator<string> {
  const facts = task.statm?.()
  if (facts === undefined) yield '0 0 0 0 0 0 0\n'
  else {
    const { size, resident, shared, text, data } = facts
    yield `${size} ${resident} ${shared} ${text} 0 ${data} 0\n`
  }
}
