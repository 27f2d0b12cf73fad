import type { Code } from '../../provider/errno.ts'
import { Opcode } from './codec/opcodes.ts'

/**
 * What the operations of a tree that nobody can write to are answered with, as
 * the kernel's own /proc does; what stands in no table is ENOSYS.
 */
export const refused: { readonly [opcode: number]: Code } = {
  [Opcode.WRITE]: 'EINVAL',
  [Opcode.FSYNC]: 'EINVAL',
  [Opcode.CREATE]: 'ENOENT',
  [Opcode.MKNOD]: 'ENOENT',
  [Opcode.MKDIR]: 'ENOENT',
  [Opcode.SYMLINK]: 'ENOENT',
  [Opcode.LINK]: 'ENOENT',
  [Opcode.RENAME]: 'ENOENT',
  [Opcode.RENAME2]: 'ENOENT',
  [Opcode.TMPFILE]: 'EPERM',
  [Opcode.UNLINK]: 'EPERM',
  [Opcode.RMDIR]: 'EPERM',
  [Opcode.IOCTL]: 'ENOTTY',
  [Opcode.LSEEK]: 'EINVAL',
}

/** Bits of setattr_in.valid, less FATTR_ (include/uapi/linux/fuse.h). */
const SIZE = 1 << 3
const MTIME = 1 << 5
const FH = 1 << 6
const MTIME_NOW = 1 << 8
const LOCKOWNER = 1 << 9
const CTIME = 1 << 10
const KILL_SUIDGID = 1 << 11

/** What comes with a size, and is no wish of its own. */
const besides = MTIME | FH | MTIME_NOW | LOCKOWNER | CTIME | KILL_SUIDGID

/**
 * Whether SETATTR asks for a size and nothing else: a truncation succeeds and
 * changes nothing (fs/proc/base.c:proc_setattr).
 */
export const isTruncation = (valid: number): boolean =>
  (valid & SIZE) !== 0 && (valid & ~(SIZE | besides)) === 0
