import type { Caller } from '../../provider/contract.ts'
import type { Code } from '../../provider/errno.ts'
import { blockSize, Want, wantOf } from '../attr.ts'
import type { Filesystem } from '../filesystem.ts'
import type { Node } from '../node.ts'
import type { Handles } from './handles.ts'
import type { Opened } from '../openfile.ts'
import type { Callback, Stat } from './package.ts'
import { Places } from './places.ts'
import type { Waiting } from './waiting.ts'

/** What an operation ends with; nothing if it is ended later. */
export type Reply = Parameters<Callback> | void

export type Operation = (...args: never[]) => Reply

/** What the operations of an unwritable tree say, as the kernel's /proc does. */
export const refused = {
  write: 'EINVAL',
  fsync: 'EINVAL',
  create: 'ENOENT',
  mknod: 'ENOENT',
  mkdir: 'ENOENT',
  symlink: 'ENOENT',
  link: 'ENOENT',
  rename: 'ENOENT',
  unlink: 'EPERM',
  rmdir: 'EPERM',
  chmod: 'EPERM',
  chown: 'EPERM',
  utimens: 'EPERM',
} as const satisfies { readonly [operation: string]: Code }

/**
 * An inode number in the 32 bits that the package has for it: that of the row
 * (fs/attr.ts), and above it 22 bits of the pid or tid. No two are alike while
 * there are less than 1023 rows and all ids are below 2^22, as Linux' are; the
 * ids of a dump may be larger and wrap around.
 */
export const fold = (inode: bigint): number =>
  Number(BigInt.asUintN(32, ((inode >> 32n) << 10n) | (inode & 0x3ffn)))

/**
 * What the package may ask, on behalf of a caller that is always the same. By
 * path, but for the reads of an open file.
 */
export const operationsOf = (
  filesystem: Filesystem,
  caller: Caller,
  waiting: Waiting,
  files: Handles<Opened>,
): { readonly [name: string]: Operation } => {
  const places = new Places(filesystem, caller)
  const time = Date.now()

  const statOf = (node: Node): Stat => {
    const { inode, mode, links, uid, gid, size } = filesystem.getattr(node)
    return {
      mode,
      ino: fold(inode),
      nlink: links,
      uid,
      gid,
      size,
      blksize: blockSize,
      atime: time,
      mtime: time,
      ctime: time,
    }
  }

  /** Succeeds and changes nothing (fs/proc/base.c:proc_setattr). */
  const truncate = (path: string): Reply => {
    filesystem.access(places.find(path).node, Want.write, caller)
    return [0]
  }

  return {
    getattr: (path: string) => [0, statOf(places.find(path).node)],
    access: (path: string, mode: number) => {
      filesystem.access(places.find(path).node, mode & 7, caller)
      return [0]
    },
    readlink: (path: string) => [
      0,
      filesystem.readlink(places.find(path).node, caller),
    ],
    statfs: () => [0, { bsize: blockSize, frsize: blockSize, namemax: 255 }],
    truncate,
    ftruncate: truncate,

    open: (path: string, flags: number) => {
      const wanted = wantOf(flags)
      return [
        0,
        files.add(filesystem.open(places.find(path).node, wanted, caller)),
      ]
    },
    read: (
      _path: string,
      handle: number,
      buffer: Uint8Array,
      size: number,
      offset: number,
      callback: Callback,
    ) => {
      const request = waiting.request(offset, size)
      const bytes = files.get(handle).read(request)
      if (!bytes) return waiting.add(request, { buffer, callback })
      buffer.set(bytes)
      return [bytes.length]
    },
    release: (_path: string, handle: number) => {
      files.delete(handle)
      return [0]
    },

    opendir: (path: string) => {
      const { node, parent } = places.find(path)
      filesystem.opendir(node, parent, caller)
      return [0]
    },
    // libfuse asks once for each listing, and again after a rewind
    readdir: (path: string) => {
      const { node, parent } = places.find(path)
      const entries = filesystem
        .opendir(node, parent, caller)
        .from(0)
        .filter(
          entry =>
            !entry.node || places.leads({ node: entry.node, parent: node }),
        )
      return [
        0,
        entries.map(({ name }) => name),
        entries.map(({ inode, format }): Stat => ({
          mode: format,
          ino: fold(inode),
        })),
      ]
    },
  }
}
