/** Names of the drive, and what stands for them in a FUSE connection. */
import type { Attr } from '../../../../fs/attr.ts'
import { rootId } from '../../../../fs/fuse/codec/flags.ts'
import { Errno } from '../../../../provider/errno.ts'
import type { Info, Link } from '../responses.ts'

/** What the I/O manager finds in no name, and what separates streams. */
const isInvalid = (name: string): boolean => /[\\/:*?"<>|]/.test(name)

/** ENOENT for what can be no name on Windows. */
export const childOf = (path: string, name: string): string => {
  if (isInvalid(name)) throw new Errno('ENOENT')
  return path === '\\' ? `\\${name}` : `${path}\\${name}`
}

/** The paths that the kernel holds, by node id. */
export class Names {
  readonly #paths = new Map([[rootId, '\\']])
  readonly #nodes = new Map<string, { id: number; lookups: number }>()
  #last = rootId

  get(id: number): string {
    const path = this.#paths.get(id)
    if (path === undefined) throw new Errno('ENOENT')
    return path
  }

  /** Held by one more lookup. */
  add(path: string): number {
    const node = this.#nodes.get(path) ?? { id: ++this.#last, lookups: 0 }
    node.lookups++
    this.#nodes.set(path, node)
    this.#paths.set(node.id, path)
    return node.id
  }

  forget(id: number, lookups: number): void {
    const path = this.#paths.get(id)
    const node = path === undefined ? undefined : this.#nodes.get(path)
    if (path === undefined || node === undefined) return
    node.lookups -= lookups
    if (node.lookups > 0) return
    this.#nodes.delete(path)
    this.#paths.delete(id)
  }
}

const FILE_ATTRIBUTE_DIRECTORY = 0x10
const FILE_ATTRIBUTE_REPARSE_POINT = 0x400

export const formatOf = ({ attributes }: Pick<Info, 'attributes'>): number => {
  if (attributes & FILE_ATTRIBUTE_REPARSE_POINT) return 0o120000
  return attributes & FILE_ATTRIBUTE_DIRECTORY ? 0o040000 : 0o100000
}

const permissions: { readonly [format: number]: number } = {
  0o120000: 0o777,
  0o040000: 0o555,
  0o100000: 0o444,
}

/** A file as it is told of by name: nothing of any handle's own. */
export const attrOf = (info: Info): Attr => {
  const format = formatOf(info)
  return {
    inode: info.index,
    mode: format | (permissions[format] ?? 0),
    links: 1,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    size: info.size,
  }
}

/** IO_REPARSE_TAG_LX_SYMLINK: 4 bytes of version, then UTF-8. */
const tagLxSymlink = 0xa000001d
const lxTextAt = 12

/**
 * A link as readlink(2) tells it. One to a path of the volume is made relative
 * to where the link is, for the root of the volume is not that of Linux.
 */
export const targetOf = (path: string, link: Link): string => {
  const { tag, target, print, isRelative, data } = link
  if (tag === tagLxSymlink)
    return Buffer.from(data.subarray(lxTextAt)).toString('utf8')
  if (!isRelative) return print
  const slashed = target.replaceAll('\\', '/')
  if (!slashed.startsWith('/')) return slashed
  const depth = path.split('\\').length - 2
  return `${'../'.repeat(depth)}${slashed.slice(1)}` || '.'
}
