import type { View } from '../../../provider/nt/layout.ts'
import type { Attr as Attributes } from '../../attr.ts'
import type { Attr, EntryOut } from './structures.ts'

/** What a lookup found. */
export interface Found {
  readonly nodeid: number
  readonly attr: Attributes
  /** Seconds for which the kernel may answer from its cache. */
  readonly nameValid: number
  readonly attrValid: number
}

/** What all files of a mount have in common. */
export interface Common {
  /** st_blksize, bytes, a power of two. */
  readonly blockSize: number
  /** Access, modification and change time: seconds since 1970. */
  readonly time: number
}

/** What `seconds` have behind the point. */
export const nanoseconds = (seconds: number): number =>
  Math.floor((seconds % 1) * 1e9)

export const putAttr = (
  to: View<typeof Attr.fields>,
  { inode, mode, links, uid, gid, size }: Attributes,
  { blockSize, time }: Common,
): void => {
  const seconds = Math.floor(time)
  const rest = nanoseconds(time)
  to.ino = inode
  to.size = size
  to.blocks = 0
  to.atime = seconds
  to.mtime = seconds
  to.ctime = seconds
  to.atimensec = rest
  to.mtimensec = rest
  to.ctimensec = rest
  to.mode = mode
  to.nlink = links
  to.uid = uid
  to.gid = gid
  to.rdev = 0
  to.blksize = blockSize
  to.flags = 0
}

/** The generation is 0: no node id is ever issued twice. */
export const putEntry = (
  to: View<typeof EntryOut.fields>,
  { nodeid, nameValid, attrValid }: Found,
): void => {
  to.nodeid = nodeid
  to.generation = 0
  to.entry_valid = Math.floor(nameValid)
  to.attr_valid = Math.floor(attrValid)
  to.entry_valid_nsec = nanoseconds(nameValid)
  to.attr_valid_nsec = nanoseconds(attrValid)
}
