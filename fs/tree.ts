import { mem } from './mem.ts'
import {
  bytes,
  directory,
  flatten,
  link,
  only,
  text,
  window,
  type Directory,
  type Link,
  type Rows,
} from './node.ts'

/**
 * All of /proc, one row per name, in the order of `ls`. The right is what a
 * reader must be allowed on the process; modes are the kernel's
 * (fs/proc/base.c:tgid_base_stuff, tid_base_stuff).
 */

/** What a file that is open leads to. */
const fd = (): Link =>
  link(({ task, fd = 0 }) => task?.fd?.(fd).target, 'read', 'file')

/** What /proc/<pid> and /proc/<pid>/task/<tid> have in common. */
const task = (): Rows => ({
  auxv: only(
    process => process.auxv !== undefined,
    bytes('auxv', 0o400, 'read', 'pool'),
  ),
  cmdline: bytes('cmdline', 0o444, 'limited', 'pool'),
  comm: text('comm', 0o644, 'none', 'inline'),
  cwd: link(({ task }) => task?.cwd?.(), 'read', 'directory'),
  environ: bytes('environ', 0o400, 'read', 'pool'),
  exe: link(({ task }) => task?.exe?.(), 'read', 'file'),
  fd: only(
    process => process.fds !== undefined,
    directory(0o500, 'read', {}, { of: 'fd', row: fd() }),
  ),
  fdinfo: only(
    process => process.fdinfo !== undefined,
    directory(
      0o555,
      'read',
      {},
      { of: 'fd', row: text('fdinfo', 0o444, 'read', 'pool') },
    ),
  ),
  maps: text('maps', 0o444, 'read', 'pool'),
  mem: window(0o600, 'attach', mem),
  mounts: text('mounts', 0o444, 'none', 'pool'),
  root: link(({ task }) => task?.root?.(), 'read', 'directory'),
  stat: text('stat', 0o444, 'none', 'inline'),
  statm: text('statm', 0o444, 'none', 'inline'),
  status: text('status', 0o444, 'none', 'inline'),
})

/**
 * `<pid>`, of the process that reads, or that the reading thread belongs to;
 * where it can belong to none, of the one that the source names.
 */
const self = link(
  ({ system, tid, pid }) =>
    (system.self ? system.self() : (pid ?? system.leader(tid)))?.toString(),
  'none',
  'directory',
)

/** `<pid>/task/<tid>` of the reading thread. */
const threadSelf = link(
  ({ system, tid }) => {
    const pid = system.self ? undefined : system.leader(tid)
    return pid === undefined ? undefined : `${pid}/task/${tid}`
  },
  'none',
  'directory',
)

const thread = directory(0o555, 'none', task())

const process = directory(0o555, 'none', {
  ...task(),
  crash: only(
    process => process.crash !== undefined,
    text('crash', 0o444, 'read', 'pool'),
  ),
  smaps: only(
    process => process.resident !== undefined,
    text('smaps', 0o444, 'read', 'pool'),
  ),
  task: directory(0o555, 'none', {}, { of: 'thread', row: thread }),
})

const proc: Rows = {
  filesystems: text('filesystems', 0o444, 'none', 'inline'),
  mounts: link(() => 'self/mounts', 'none', 'file'),
  self,
  stat: text('kernelStat', 0o444, 'none', 'inline'),
  'thread-self': threadSelf,
  uptime: text('uptime', 0o444, 'none', 'inline'),
  version: text('version', 0o444, 'none', 'inline'),
}

export const tree: Directory = directory(0o555, 'none', {
  proc: directory(0o555, 'none', proc, { of: 'process', row: process }),
})

export const rows = flatten(tree)

const numbers = new Map(rows.map((row, number) => [row, number]))

/** Number of a row of {@link tree}; what travels between threads. */
export const numberOf = (row: (typeof rows)[number]): number =>
  numbers.get(row) as number
