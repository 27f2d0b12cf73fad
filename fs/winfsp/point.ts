import { Errno } from '../../provider/errno.ts'
import { isSuccess, Status, textOfStatus } from './status.ts'

const letter = /^([A-Za-z]):[\\/]?$/
const global = /^\\\\\.\\([A-Za-z]):$/

/**
 * A mount point as WinFsp takes it: `P:` for `p:` and `P:\`; `\\.\P:`, which
 * all sessions see and only an administrator can mount; any other path is that
 * of a folder, made absolute. EINVAL for the path of another machine.
 */
export const canonical = (
  point: string,
  absolute: (path: string) => string,
): string => {
  const drive = letter.exec(point)?.[1] ?? global.exec(point)?.[1]
  if (drive !== undefined)
    return `${global.test(point) ? '\\\\.\\' : ''}${drive.toUpperCase()}:`
  if (/^[\\/]{2}/.test(point))
    throw new Errno('EINVAL', `${point}: neither a drive letter nor a folder`)
  return absolute(point)
}

/** Whether it is a drive letter, not a folder. */
export const isDrive = (point: string): boolean =>
  letter.test(point) || global.test(point)

const share = /^\\{1,2}((?:[^\\/:*?"<>|]+\\)+[^\\/:*?"<>|]+)$/

/**
 * The name of a network file system as programs open it, `\\server\share`, for
 * what WinFsp's Launcher writes with one backslash. EINVAL for what is none.
 */
export const shareOf = (name: string): string => {
  const names = share.exec(name)?.[1]
  if (names === undefined)
    throw new Errno('EINVAL', `${name}: not of the form \\\\server\\share`)
  return `\\\\${names}`
}

/** Whether it is what {@link shareOf} yields. */
export const isShare = (point: string): boolean =>
  point.startsWith('\\\\') && !global.test(point)

/** What a message of a mount point begins with: `P:` has its colon. */
const headOf = (point: string): string => (isDrive(point) ? point : `${point}:`)

/** What to tell of a mount point that is not to be had. */
const refusals: ReadonlyMap<number, (point: string) => Errno> = new Map<
  number,
  (point: string) => Errno
>([
  [
    Status.NoSuchDevice,
    () =>
      new Errno(
        'ENODEV',
        'WinFsp is installed, but its driver does not start: see "sc query WinFsp"',
      ),
  ],
  [
    Status.ObjectNameCollision,
    point =>
      isDrive(point)
        ? new Errno('EBUSY', `${point} is in use: name another letter`)
        : isShare(point)
          ? new Errno('EBUSY', `${point} is in use: name another`)
          : new Errno(
              'EEXIST',
              `${headOf(point)} exists; WinFsp makes the folder itself`,
            ),
  ],
  [
    Status.AccessDenied,
    point =>
      new Errno(
        'EACCES',
        `${headOf(point)} may not be mounted there: an administrator may, or name a letter as in P:`,
      ),
  ],
  [
    Status.ObjectPathNotFound,
    point => new Errno('ENOENT', `${point}: its parent folder is not there`),
  ],
  [
    Status.ObjectNameNotFound,
    point => new Errno('ENOENT', `${point}: its parent folder is not there`),
  ],
])

/** The error of a call about a mount point; an Errno for people. */
export const mustMount = (point: string, status: number): void => {
  if (isSuccess(status)) return
  throw (
    refusals.get(status | 0)?.(point) ??
    new Errno('EIO', `${headOf(point)} WinFsp failed: ${textOfStatus(status)}`)
  )
}
