import { mountAt, mounts } from '../fuse/mountinfo.ts'

/** Milliseconds between two looks whether the mount is still there. */
const period = 1000

/**
 * Calls `gone` once the mount at `point` is no longer there: the package tells
 * nobody. Undefined where there is no mountinfo (macOS): there an unmount from
 * outside goes unnoticed.
 */
export const watch = (
  point: string,
  gone: () => void,
): NodeJS.Timeout | undefined => {
  const own = mountAt(mounts(), point)
  if (own?.point !== point) return undefined
  const isThere = (): boolean =>
    mounts().some(({ id, point }) => id === own.id && point === own.point)
  return setInterval(() => isThere() || gone(), period).unref()
}
