import { Errno } from '../provider/errno.ts'

const none = (): Errno => new Errno('EINVAL', 'no winprocfs is mounted there')

/** Milliseconds: a server ends within two seconds, but a machine may be busy. */
const patience = 10_000

/**
 * Takes the winprocfs at `point` out of the tree, also a stale one, and also
 * while files are open in it: its server ends when the last is closed.
 */
const unmountFuse = async (point: string): Promise<void> => {
  const { unmount } = await import('../fs/fuse/mount.ts')
  const { isOurPoint, realPoint } = await import('../fs/fuse/mountpoint.ts')
  const path = realPoint(point)
  if (!isOurPoint(path)) throw none()
  unmount(path)
}

/**
 * Tells the server to end, and waits until it has: the drive goes with it, also
 * while files are open there. EACCES where another user mounted.
 */
const unmountDrive = async (point: string): Promise<void> => {
  const { identityOf } = await import('../fs/winfsp/mounted.ts')
  const { tell } = await import('./control.ts')
  const identity = identityOf(point)
  if (identity === undefined) throw none()
  const told = await tell(identity, patience)
  if (told === 'none') throw none()
  // one that was ending by itself is gone now
  if (told === 'refused' && (await tell(identity, patience)) === 'refused')
    throw new Errno(
      'EACCES',
      'only who mounted it may unmount it, or an administrator, from an elevated prompt',
    )
}

/** EINVAL if no winprocfs is mounted there. */
export const unmount = (point: string): Promise<void> =>
  process.platform === 'win32' ? unmountDrive(point) : unmountFuse(point)
