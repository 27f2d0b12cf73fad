/** /proc/<pid>/status (fs/proc/array.c:proc_pid_status). */
import type { Status } from '../contract.ts'
import { Errno } from '../errno.ts'
import { decode } from '../text.ts'

const malformed = (): never => {
  throw new Errno('EIO', 'status: malformed')
}

/** A size: `%8lu kB`. */
const size = /^ *(\d+) kB$/

const escape = /\\([\\n])/g

/** Undoes proc_task_name's escapes. */
const nameOf = (value: string): string =>
  value.replaceAll(escape, (_, character) => (character === 'n' ? '\n' : '\\'))

/**
 * Values by key, in the kernel's order: sizes less padding and unit, `Name`
 * less its escapes (it may look like a size), all others untouched. EIO for a
 * line without a key or an end.
 */
export const parseStatus = (text: Buffer): Status => {
  const lines = decode(text).split('\n')
  if (lines.pop() !== '') malformed()
  return Object.fromEntries(
    lines.map(line => {
      const colon = line.indexOf(':\t')
      if (colon < 1) malformed()
      const key = line.slice(0, colon)
      const value = line.slice(colon + 2)
      return [
        key,
        key === 'Name' ? nameOf(value) : (size.exec(value)?.[1] ?? value),
      ]
    }),
  )
}

/**
 * One value, without the cost of all. No value can pretend to be another key's
 * line: the only free text is `Name`, where newlines are escaped.
 */
export const statusField = (text: Buffer, key: string): string | undefined => {
  const label = `\n${key}:\t`
  const at = text.indexOf(label, 0, 'latin1')
  if (at < 0) return undefined
  const from = at + label.length
  const end = text.indexOf(10, from)
  return end < 0 ? malformed() : text.toString('latin1', from, end)
}
