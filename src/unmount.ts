import { unmount as take } from '../fs/fuse/mount.ts'
import { isOurPoint, realPoint } from '../fs/fuse/mountpoint.ts'
import { Errno } from '../provider/errno.ts'

/**
 * Takes the winprocfs at `point` out of the tree, also a stale one, and also
 * while files are open in it: its server ends when the last is closed. EINVAL
 * if none is mounted there.
 */
export const unmount = (point: string): void => {
  const path = realPoint(point)
  if (!isOurPoint(path))
    throw new Errno('EINVAL', `${point}: no winprocfs is mounted there`)
  take(path)
}
