import type { Process, System, Task } from '../provider/contract.ts'
import { Errno } from '../provider/errno.ts'
import { isThere, type Directory, type Node, type Row } from './node.ts'
import { tree } from './tree.ts'

export const root: Node = {
  row: tree,
  name: '/',
  pid: 0,
  start: 0n,
  tid: 0,
  fleeting: false,
}

/** A node's child by a row of its directory; the process stays the same. */
export const child = (parent: Node, name: string, row: Row): Node => ({
  row,
  name,
  pid: parent.pid,
  start: parent.start,
  tid: parent.tid,
  fleeting: false,
})

/** The row as a directory; ENOTDIR for anything else. */
export const asDirectory = (node: Node): Directory => {
  if (node.row.kind !== 'directory') throw new Errno('ENOTDIR')
  return node.row
}

/**
 * A pid or tid as the kernel reads one (fs/proc/util.c:name_to_int): canonical
 * decimal, so `01`, `+1`, `0`, `-1` are none. Undefined for what is not one.
 */
export const idOf = (name: string): number | undefined => {
  if (!/^[1-9]\d{0,9}$/.test(name)) return undefined
  const id = Number(name)
  return id <= 0xffff_ffff ? id : undefined
}

/**
 * The number that a file is open by, as the kernel reads one: a pid's rule, and
 * `0`. Undefined for what is not one.
 */
const fdOf = (name: string): number | undefined =>
  name === '0' ? 0 : idOf(name)

/** The thread that a node belongs to, or its process. */
export const taskOf = (process: Process, { tid }: Node): Task =>
  tid ? process.thread(tid) : process

const held = <T>(process: Process, use: (process: Process) => T): T => {
  try {
    return use(process)
  } finally {
    process.close()
  }
}

/**
 * Runs `use` with the node's process, and closes it whatever happens. ESRCH if
 * it is gone, also when its pid lives on in another process: at once, or from
 * the first fact that `use` asks for.
 */
export const withProcess = <T>(
  system: System,
  { pid, start }: Node,
  use: (process: Process) => T,
): T => held(system.process(pid, start), use)

export const isGone = (thrown: unknown): boolean =>
  thrown instanceof Errno && thrown.code === 'ESRCH'

/** ESRCH, where a name is looked for, is ENOENT. */
export const named = <T>(find: () => T): T => {
  try {
    return find()
  } catch (error) {
    throw isGone(error) ? new Errno('ENOENT') : error
  }
}

/**
 * The entry `name` of a directory, as `see` sees it, with the process open
 * that it belongs to: ENOENT if there is none, or if the process is gone that
 * the directory stands for; ENOTDIR if it is not a directory.
 */
export const find = <T>(
  system: System,
  parent: Node,
  name: string,
  see: (node: Node, process: Process | undefined) => T,
): T =>
  named(() => {
    const { rows, each } = asDirectory(parent)
    if (Object.hasOwn(rows, name)) {
      const node = child(parent, name, rows[name] as Row)
      if (!node.pid) return see(node, undefined)
      return withProcess(system, parent, process => {
        if (!isThere(node.row, process)) throw new Errno('ENOENT')
        return see(node, process)
      })
    }
    const id = (each?.of === 'fd' ? fdOf : idOf)(name)
    if (!each || id === undefined) throw new Errno('ENOENT')
    const node = { ...child(parent, name, each.row), fleeting: true }
    if (each.of === 'process')
      return held(system.process(id), process =>
        see({ ...node, pid: id, start: process.start }, process),
      )
    return withProcess(system, parent, process => {
      if (each.of === 'fd') {
        taskOf(process, parent).fd?.(id)
        return see({ ...node, fd: id }, process)
      }
      process.thread(id)
      return see({ ...node, tid: id }, process)
    })
  })

/** The entry `name` of a directory; see {@link find}. */
export const lookup = (system: System, parent: Node, name: string): Node =>
  find(system, parent, name, (node, process) => {
    process?.verify()
    return node
  })

/** `proc/1/maps` from the root, following no links. */
export const walk = (system: System, path: string): Node =>
  path
    .split('/')
    .filter(name => name !== '' && name !== '.')
    .reduce((node, name) => lookup(system, node, name), root)
