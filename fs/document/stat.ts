import {
  statFields,
  type Stat,
  type StatField,
  type Task,
} from '../../provider/contract.ts'
import type { Reader, View } from './document.ts'

/** What a reader who may not read the target's memory is told instead. */
const hidden: { readonly [field in StatField]?: 0 | 1 } = {
  startcode: 1,
  endcode: 1,
  startstack: 0,
  kstkesp: 0,
  kstkeip: 0,
  wchan: 0,
  start_data: 0,
  end_data: 0,
  start_brk: 0,
  arg_start: 0,
  arg_end: 0,
  env_start: 0,
  env_end: 0,
  exit_code: 0,
}

/** Where the source knows nothing: it is there, and sleeps. */
const unknown = (task: Task): Stat => ({
  pid: task.tid,
  comm: task.comm?.() ?? '',
  state: 'S',
})

/**
 * One line of 52 fields (fs/proc/array.c:do_task_stat). The name stands in
 * parentheses as it is, also one with `)`, blanks or a newline.
 *
 * Hidden fields are 0; startcode and endcode are 1, or 0 where there is no
 * address space, which is taken from the fields' own being 0.
 */
export function* stat(
  task: Task,
  _view: View,
  reader: Reader,
): Generator<string> {
  const facts = task.stat?.() ?? unknown(task)
  const { trusted } = reader
  let line = `${facts.pid} (${facts.comm}) ${facts.state}`
  for (const field of statFields) {
    const value = facts[field] ?? 0
    const shown = trusted || !value ? value : (hidden[field] ?? value)
    line += ` ${shown}`
  }
  yield `${line}\n`
}
