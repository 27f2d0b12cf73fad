import {
  Access,
  type Caller,
  type Owner,
  type Process,
  type System,
  type Task,
} from '../provider/contract.ts'
import { Errno } from '../provider/errno.ts'
import { withProcess } from './lookup.ts'
import { isThere, type Directory, type Node, type Row } from './node.ts'
import { numberOf } from './tree.ts'

/** S_IFMT bits by kind of row (include/uapi/linux/stat.h). */
export const format = {
  text: 0o100000,
  window: 0o100000,
  link: 0o120000,
  directory: 0o040000,
} as const satisfies Record<Row['kind'], number>

/** st_blksize: the unit in which a reader should ask. */
export const blockSize = 4096

export interface Attr {
  readonly inode: bigint
  /** File type and permissions, as in st_mode. */
  readonly mode: number
  readonly links: number
  readonly uid: number
  readonly gid: number
  /** Bytes; 0 for what is generated, as in the kernel's /proc. */
  readonly size: number
}

/** Bits of an inode's number that a row's has; and above it, a file's. */
const rowBits = 10n
const fdBits = 22

/**
 * Inode number: the row's number, below 1024, with the pid (or tid, of which no
 * two are alike) in the upper half, and in between the number that a file is
 * open by. Stable while the process lives; the root's is 1.
 *
 * Approximation: of files with numbers of 2^22 and above some are alike.
 */
export const inodeOf = ({ row, pid, tid, fd = 0 }: Node): bigint =>
  (BigInt(tid || pid) << 32n) |
  (BigInt.asUintN(fdBits, BigInt(fd)) << rowBits) |
  BigInt(numberOf(row) + 1)

/**
 * Two, plus one for each directory inside (`.` and `..` of each). The
 * directories of processes are not counted in /proc itself, that would list
 * them all; threads are counted in `task`, as the kernel does.
 */
const linksOf = (
  { rows, each }: Directory,
  process: Process | undefined,
): number =>
  2 +
  Object.values(rows).filter(
    row => row.kind === 'directory' && isThere(row, process),
  ).length +
  (each?.of === 'thread' ? (process?.tids().length ?? 0) : 0)

const superuser: Owner = { uid: 0, gid: 0 }

/** Who owns a node; ESRCH when its process is gone. */
export const ownerOf = (system: System, node: Node): Owner => {
  if (!node.pid) return superuser
  return withProcess(system, node, process => process.owner())
}

/** What a file was opened for, as the mode of its link tells it. */
const modes = [
  [Access.read, 0o500],
  [Access.write, 0o300],
] as const

/**
 * Permissions of what a file is open by: those of its link are not the row's
 * (fs/proc/fd.c:tid_fd_update_inode).
 */
const modeOf = ({ row, fd }: Node, task: Task | undefined): number => {
  if (fd === undefined) return row.mode
  const access = task?.fd?.(fd).access ?? 0
  return row.kind === 'link'
    ? modes.reduce((sum, [bit, mode]) => sum | (access & bit ? mode : 0), 0)
    : row.mode
}

/** Bytes that the kernel tells of the link of an open file, whatever it is. */
const linkSize = 64

/**
 * Of the links to what is open, and of their folder, which has as many bytes as
 * links (fs/proc/fd.c:proc_fd_getattr): none where we may not know.
 */
const sizeOf = ({ row, fd }: Node, task: Task | undefined): number => {
  if (row.kind === 'link') return fd === undefined ? 0 : linkSize
  if (row.kind !== 'directory' || row.each?.row.kind !== 'link') return 0
  try {
    return task?.fds?.().length ?? 0
  } catch (error) {
    if (error instanceof Errno) return 0
    throw error
  }
}

/** Attributes of a node whose process, if it has one, is open. */
export const attrFrom = (node: Node, process: Process | undefined): Attr => {
  const { row } = node
  const task = node.tid ? process?.thread(node.tid) : process
  const { uid, gid } = process?.owner() ?? superuser
  return {
    inode: inodeOf(node),
    mode: format[row.kind] | modeOf(node, task),
    links: row.kind === 'directory' ? linksOf(row, process) : 1,
    uid,
    gid,
    size: sizeOf(node, task),
  }
}

/** Attributes of a node; ESRCH when its process is gone. */
export const attrOf = (system: System, node: Node): Attr =>
  node.pid
    ? withProcess(system, node, process => attrFrom(node, process))
    : attrFrom(node, undefined)

/** Bits of what a caller wants, as in access(2). */
export const Want = { execute: 1, write: 2, read: 4 } as const

/** O_ACCMODE and its values (include/uapi/asm-generic/fcntl.h). */
const accessMode = 0o3
const wants = [Want.read, Want.write, Want.read | Want.write]

/** What an open with these flags wants; what is no mode counts as reading. */
export const wantOf = (flags: number): number =>
  wants[flags & accessMode] ?? Want.read

/**
 * EACCES unless the permission bits of `attr` give the caller all of `wanted`
 * (sum of {@link Want}). The superuser may do all but execute what nobody may
 * (fs/namei.c:generic_permission). Supplementary groups are not known here;
 * no row differs between group and others.
 */
export const permitMode = (
  { mode, uid, gid }: Pick<Attr, 'mode' | 'uid' | 'gid'>,
  caller: Caller,
  wanted: number,
): void => {
  const shift = caller.uid === uid ? 6 : caller.gid === gid ? 3 : 0
  const given = (mode >> shift) & 0o7
  const executable = mode & 0o111 || (mode & 0o170000) === format.directory
  const denied =
    caller.uid === 0
      ? wanted & Want.execute && !executable
      : (given & wanted) !== wanted
  if (denied) throw new Errno('EACCES')
}
