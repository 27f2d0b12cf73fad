import type { Process, System } from '../provider/contract.ts'
import { Errno } from '../provider/errno.ts'
import type { Directory, Node, Row } from './node.ts'
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
 * Runs `use` with the node's process, and closes it whatever happens. ESRCH if
 * it is gone, also when its pid lives on in another process; but a provider may
 * notice that only in `verify`, so what is shown is verified first.
 */
export const withProcess = <T>(
  system: System,
  { pid, start }: Node,
  use: (process: Process) => T,
): T => {
  const process = system.process(pid, start)
  try {
    return use(process)
  } finally {
    process.close()
  }
}

const gone = (thrown: unknown): boolean =>
  thrown instanceof Errno && thrown.code === 'ESRCH'

/** ESRCH, where a name is looked for, is ENOENT. */
const named = <T>(find: () => T): T => {
  try {
    return find()
  } catch (error) {
    throw gone(error) ? new Errno('ENOENT') : error
  }
}

/**
 * The entry `name` of a directory: ENOENT if there is none, or if the process
 * is gone that the directory stands for; ENOTDIR if it is not a directory.
 */
export const lookup = (system: System, parent: Node, name: string): Node =>
  named(() => {
    const { rows, each } = asDirectory(parent)
    if (Object.hasOwn(rows, name)) {
      // names under a dead process are gone with it
      if (parent.pid) withProcess(system, parent, process => process.verify())
      return child(parent, name, rows[name] as Row)
    }
    const id = each && idOf(name)
    if (!id) throw new Errno('ENOENT')
    if (each.of === 'thread') {
      withProcess(system, parent, process => {
        process.thread(id)
        process.verify()
      })
      return { ...child(parent, name, each.row), tid: id, fleeting: true }
    }
    const process = system.process(id)
    const { start } = process
    process.close()
    return { row: each.row, name, pid: id, start, tid: 0, fleeting: true }
  })

/** `proc/1/maps` from the root, following no links. */
export const walk = (system: System, path: string): Node =>
  path
    .split('/')
    .filter(name => name !== '' && name !== '.')
    .reduce((node, name) => lookup(system, node, name), root)
