/** /proc/<pid>/mounts (fs/proc_namespace.c:show_vfsmnt). */
import type { Mount } from '../contract.ts'
import { Errno } from '../errno.ts'
import { decode } from '../text.ts'

const octal = /\\([0-3][0-7]{2})/g

/** Undoes mangle_path and seq_escape: `\040` is a blank, `\134` a backslash. */
const unescaped = (latin1: string): string => {
  const bytes = latin1.replaceAll(octal, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  )
  return decode(Buffer.from(bytes, 'latin1'))
}

const malformed = (): never => {
  throw new Errno('EIO', 'mounts: malformed')
}

const line = /^([^ ]*) ([^ ]*) ([^ ]*) (.*) 0 0$/s

/**
 * One mount a line: source, point, type, options, `0 0`. Options are
 * unescaped, too, so a comma inside of one (the kernel's `\054`) can no longer
 * be told from one between two. EIO for anything else.
 */
export const parseMounts = (text: Buffer): Mount[] => {
  const lines = text.toString('latin1').split('\n')
  if (lines.pop() !== '') malformed()
  return lines.map(each => {
    const [, ...fields] = line.exec(each) ?? malformed()
    const [source = '', point = '', type = '', options = ''] =
      fields.map(unescaped)
    return { source, point, type, options }
  })
}
