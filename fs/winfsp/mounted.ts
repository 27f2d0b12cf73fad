import { resolve } from 'node:path'
import { getText } from './codec/utf16.ts'
import { kernel32 } from './kernel.ts'
import { canonical, isDrive, isShare, shareOf } from './point.ts'

/** Units of a name that a letter leads to: far more than a volume's has. */
const room = 1024

/** The device that a drive letter leads to, as who asks sees it: `P:`. */
const deviceBehind = (letter: string): string | undefined => {
  const bytes = new Uint8Array(room * 2)
  const units = kernel32.QueryDosDeviceW(letter, bytes, room)
  const text = getText(new DataView(bytes.buffer), 0, units * 2)
  // what it led to before that comes behind a NUL
  return text.replace(/\0.*/s, '') || undefined
}

/**
 * What tells a mount at this point from any other on the machine, the same to
 * who mounts and to who asks. A letter may be a drive of each logon session's
 * own, so it is the volume behind it; undefined if there is none.
 */
export const identityOf = (point: string): string | undefined => {
  if (isShare(point)) return shareOf(point.replace(/\\+$/, '')).toLowerCase()
  const path = canonical(point, resolve)
  return isDrive(path) ? deviceBehind(path.slice(-2)) : path.toLowerCase()
}

/** All by which a mount can be asked for: of its point, and of its name. */
export const identitiesOf = (
  point: string,
  unc: string | undefined,
): readonly string[] => {
  const own = identityOf(point)
  const named = unc === undefined ? own : identityOf(shareOf(unc))
  return [...new Set([own, named])].flatMap(each => each ?? [])
}
