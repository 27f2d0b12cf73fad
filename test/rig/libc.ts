/** Calls that node has no name for: what they return, or the errno's code. */
import { constants } from 'node:os'
import koffi from 'koffi'

const library = koffi.load(null)

const codes = new Map(
  Object.entries(constants.errno).map(([code, number]) => [number, code]),
)

type Outcome = number | string

const call =
  (signature: string) =>
  (...args: readonly unknown[]): Outcome => {
    const returned = Number(library.func(signature)(...args))
    if (returned >= 0) return returned
    const number = koffi.errno()
    return codes.get(number) ?? `errno ${number}`
  }

/** include/uapi/linux/fs.h */
export const Whence = { set: 0, current: 1, end: 2, data: 3, hole: 4 } as const

export const lseek = call('int64 lseek(int, int64, int)')
export const ioctl = call('int ioctl(int, ulong, ...)')
export const fallocate = call('int fallocate(int, int, int64, int64)')
export const flock = call('int flock(int, int)')
export const mkfifo = call('int mkfifo(str, uint)')
export const listxattr = call('int64 listxattr(str, void *, uint64)')
export const getxattr = call('int64 getxattr(str, str, void *, uint64)')
const getdents64 = call('int64 getdents64(int, void *, uint64)')

/** One struct linux_dirent64 (include/linux/dirent.h). */
export interface Dirent {
  readonly name: string
  readonly inode: bigint
  /** DT_*, which is S_IFMT >> 12. */
  readonly type: number
}

/** What one call of getdents64 yields into a buffer of `size` bytes. */
export const dirents = (fd: number, size: number): Dirent[] | string => {
  const buffer = Buffer.alloc(size)
  const length = getdents64(fd, buffer, size)
  if (typeof length === 'string') return length
  const found: Dirent[] = []
  for (let at = 0; at < length;) {
    const record = buffer.readUInt16LE(at + 16)
    found.push({
      inode: buffer.readBigUInt64LE(at),
      type: buffer.readUInt8(at + 18),
      name: buffer.toString('utf8', at + 19, buffer.indexOf(0, at + 19)),
    })
    at += record
  }
  return found
}

/** All entries of an open directory, `.` and `..` too, in order. */
export const listing = (fd: number, size: number): Dirent[] => {
  const all: Dirent[] = []
  for (;;) {
    const found = dirents(fd, size)
    if (typeof found === 'string') throw new Error(`getdents64: ${found}`)
    if (found.length === 0) return all
    all.push(...found)
  }
}
