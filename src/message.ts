import { getSystemErrorMap } from 'node:util'
import { codeOf, Errno, textOf } from '../provider/errno.ts'
import { log } from './log.ts'

/** Control characters as `\x0a`: a message is one line, whatever it names. */
const oneLine = (text: string): string =>
  text.replaceAll(
    /\p{Cc}/gu,
    unit => `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )

/** What to say of anything thrown; its stack, if nobody foresaw it. */
export const textOfError = (thrown: unknown): string => {
  if (thrown instanceof Errno) return oneLine(thrown.message)
  const code = codeOf(thrown)
  if (code !== undefined) return textOf(code)
  const errno = (thrown as NodeJS.ErrnoException | undefined)?.errno
  const known = errno === undefined ? errno : getSystemErrorMap().get(errno)
  if (known !== undefined) return known[1]
  return thrown instanceof Error
    ? (thrown.stack ?? thrown.message)
    : `${thrown}`
}

/** `mnt: gone`, `P: gone`: a drive has its colon. */
export const named = (name: string, text: string): string => {
  const thing = oneLine(name)
  const head = thing.endsWith(':') ? `${thing} ` : `${thing}: `
  return text.startsWith(head) ? text : `${head}${text}`
}

/**
 * `winprocfs: /proc/99999/maps: No such file or directory`; an error that
 * names the thing itself is told as it is.
 */
export const complain = (name: string, thrown: unknown): void =>
  log(named(name, textOfError(thrown)))
