import { codeOfNumber, Errno } from '../../provider/errno.ts'
import { close, openDevice } from './device.ts'
import { mountAsUser, unmountAsUser } from './fusermount.ts'
import { libc, must, result } from './libc.ts'
import { isOurs, mountAt, mounts, ourType } from './mountinfo.ts'

/** include/uapi/linux/mount.h */
const MS_NOSUID = 2
const MS_NODEV = 4
const MS_NOEXEC = 8
const MNT_DETACH = 2
const UMOUNT_NOFOLLOW = 8

const isRoot = (): boolean => process.geteuid?.() === 0

/**
 * Mounts at `point`, an absolute path without links: the descriptor to serve
 * from. As root for all users, by mount(2); as another user for that one
 * alone, through fusermount3. The kernel checks no permissions
 * (default_permissions): the server does.
 */
export const mount = (point: string): number =>
  isRoot() ? mountAsRoot(point) : mountAsUser(point)

const mountAsRoot = (point: string): number => {
  const fd = openDevice()
  const options = `fd=${fd},rootmode=40000,user_id=0,group_id=0,allow_other`
  const flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
  const failed = result(
    libc().mount('winprocfs', point, ourType, flags, options),
  )
  if (failed === 0) return fd
  close(fd)
  const { code, message } = new Errno(codeOfNumber(-failed))
  throw new Errno(
    code,
    code === 'EPERM'
      ? `${point}: mounting is not permitted here: ` +
          'start the container with --cap-add SYS_ADMIN'
      : `${point}: mount: ${message}`,
  )
}

/**
 * Takes our mount at `point` out of the tree, also while files are open in it
 * or its server is gone or hangs. EINVAL if what is mounted there is not ours.
 */
export const unmount = (point: string): void => {
  const over = mountAt(mounts(), point)
  if (over?.point !== point || !isOurs(over))
    throw new Errno('EINVAL', `${point}: no winprocfs is mounted there`)
  if (!isRoot()) return unmountAsUser(point)
  must(libc().umount2(point, MNT_DETACH | UMOUNT_NOFOLLOW), point)
}
