import type { Task } from '../../provider/contract.ts'
import type { View, Reader } from './document.ts'

/** The lines of one file that is open (fs/proc/fd.c:seq_show). */
export function* fdinfo(
  task: Task,
  _view: View,
  { fd = 0 }: Reader,
): Generator<string> {
  yield task.fdinfo?.(fd) ?? ''
}
