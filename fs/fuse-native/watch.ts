import { readdirSync, readlinkSync } from 'node:fs'
import { mountAt, mounts } from '../fuse/mountinfo.ts'

/** Milliseconds between two looks whether the mount is still there. */
const period = 1000

const descriptors = '/proc/self/fd'

/** Whether a descriptor of this process, by its name, is a FUSE connection. */
const isConnection = (fd: string): boolean => {
  try {
    return readlinkSync(`${descriptors}/${fd}`) === '/dev/fuse'
  } catch {
    return false
  }
}

/**
 * Calls `gone` once the mount at `point` is no longer there: the package tells
 * nobody. Undefined where there is no mountinfo (macOS): there an unmount from
 * outside goes unnoticed.
 *
 * A mount that soon takes its place may get its id, too, so that libfuse's
 * descriptor is looked at as well: closed, unless files are open in what is
 * no longer in the tree, whose id then is nobody else's.
 */
export const watch = (
  point: string,
  gone: () => void,
): NodeJS.Timeout | undefined => {
  const own = mountAt(mounts(), point)
  if (own?.point !== point) return undefined
  const fd = readdirSync(descriptors).find(isConnection)
  const isThere = (): boolean =>
    (fd === undefined || isConnection(fd)) &&
    mounts().some(({ id, point }) => id === own.id && point === own.point)
  return setInterval(() => isThere() || gone(), period).unref()
}
