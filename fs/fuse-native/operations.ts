import { constants } from 'node:os'
import type { Caller } from '../../provider/contract.ts'
import { codeOf, Errno, type Code } from '../../provider/errno.ts'
import { blockSize, Want } from '../attr.ts'
import type { Filesystem } from '../filesystem.ts'
import { root } from '../lookup.ts'
import type { Node } from '../node.ts'
import type { OpenFile } from '../openfile.ts'
import type { Callback, Handlers, Stat } from './package.ts'
import type { Waiting } from './waiting.ts'

/** A node, and what `..` stands for there. */
interface Place {
  readonly node: Node
  readonly parent: Node
}

/** What an operation ends with; undefined if its callback is called later. */
type Reply = Parameters<Callback> | undefined

/** Handles are 32-bit numbers with a sign; 0 means that there is none. */
const lastHandle = 0x7fff_ffff

const O_ACCMODE = 0o3
const wants = [Want.read, Want.write, Want.read | Want.write]

/** What the operations of an unwritable tree say, as the kernel's /proc does. */
const refused = {
  write: 'EINVAL',
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

/** This system's own number for a code. */
const errno = (code: Code): number => -constants.errno[code]

/**
 * An inode number in the 32 bits that the package has for it: that of the row
 * (fs/attr.ts), and the 22 bits of a pid above it. No two are alike while
 * there are less than 1024 rows and all pids are below 2^22, as Linux' are; a
 * dump's may be larger, and then wrap around.
 */
export const fold = (inode: bigint): number =>
  Number(((inode >> 32n) << 10n) | (inode & 0x3ffn)) % 2 ** 32

/**
 * The handlers of one mount, for a caller that is always the same. Each ends
 * its operation exactly once, whatever is thrown: the package would leave the
 * reader waiting for ever, where not even SIGKILL ends it.
 */
export const operationsOf = (
  filesystem: Filesystem,
  caller: Caller,
  waiting: Waiting,
  log: (line: string) => void,
): Handlers => {
  const files = new Map<number, OpenFile>()
  const time = Date.now()
  let last = 0

  const failed = (error: unknown): number => {
    const code = codeOf(error)
    if (code === undefined) log(`request: ${String(error)}`)
    return errno(code ?? 'EIO')
  }

  const guarded =
    <A extends readonly unknown[]>(operation: (...args: A) => Reply) =>
    (...args: A): void => {
      const callback = args.at(-1) as Callback
      let reply: Reply
      try {
        reply = waiting.open ? operation(...args) : [errno('ENODEV')]
      } catch (error) {
        reply = [failed(error)]
      }
      if (reply) callback(...reply)
    }

  /**
   * Whether a link that stands outside of processes leads anywhere. One that
   * depends on who reads it does not: the package does not tell.
   */
  const leads = ({ node, parent }: Place): boolean => {
    if (node.row.kind !== 'link' || node.pid) return true
    try {
      const [first = ''] = filesystem.readlink(node, caller).split('/')
      return leads({ node: filesystem.lookup(parent, first, caller), parent })
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    }
  }

  const find = (path: string): Place => {
    const place = path
      .split('/')
      .filter(name => name !== '')
      .reduce<Place>(
        ({ node }, name) => ({
          node: filesystem.lookup(node, name, caller),
          parent: node,
        }),
        { node: root, parent: root },
      )
    if (!leads(place)) throw new Errno('ENOENT')
    return place
  }

  const opened = (handle: number): OpenFile => {
    const file = files.get(handle)
    if (!file) throw new Errno('EBADF')
    return file
  }

  const newHandle = (): number => {
    do last = last === lastHandle ? 1 : last + 1
    while (files.has(last))
    return last
  }

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

  /** A truncation succeeds and changes nothing, as in the kernel's /proc. */
  const truncate = (path: string): Reply => {
    filesystem.access(find(path).node, Want.write, caller)
    return [0]
  }

  const told: { readonly [name: string]: (...args: never[]) => Reply } = {
    getattr: (path: string) => [0, statOf(find(path).node)],
    access: (path: string, mode: number) => {
      filesystem.access(find(path).node, mode & 7, caller)
      return [0]
    },
    readlink: (path: string) => [
      0,
      filesystem.readlink(find(path).node, caller),
    ],
    statfs: () => [0, { bsize: blockSize, frsize: blockSize, namemax: 255 }],
    truncate,
    ftruncate: truncate,

    open: (path: string, flags: number) => {
      const wanted = wants[flags & O_ACCMODE] ?? Want.read
      const file = filesystem.open(find(path).node, wanted, caller)
      const handle = newHandle()
      files.set(handle, file)
      return [0, handle]
    },
    read: (
      _path: string,
      handle: number,
      buffer: Buffer,
      size: number,
      offset: number,
      callback: Callback,
    ) => {
      const request = waiting.request(offset, size)
      const bytes = opened(handle).read(request)
      if (!bytes) return waiting.add(request, buffer, callback)
      buffer.set(bytes)
      return [bytes.length]
    },
    release: (_path: string, handle: number) => {
      files.delete(handle)
      return [0]
    },

    opendir: (path: string) => {
      const { node, parent } = find(path)
      filesystem.opendir(node, parent, caller)
      return [0, 0]
    },
    // libfuse asks once per listing, and again after a rewind
    readdir: (path: string) => {
      const { node, parent } = find(path)
      const entries = filesystem
        .opendir(node, parent, caller)
        .from(0)
        .filter(entry => !entry.node || leads({ node: entry.node, parent: node }))
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

  const said = Object.entries(refused).map(
    ([name, code]) => [name, (): Reply => [errno(code)]] as const,
  )
  return Object.fromEntries(
    [...Object.entries(told), ...said].map(([name, operation]) => [
      name,
      guarded(operation as (...args: unknown[]) => Reply),
    ]),
  )
}
