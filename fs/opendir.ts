import type { System } from '../provider/contract.ts'
import { format, inodeOf } from './attr.ts'
import { asDirectory, child, named, withProcess } from './lookup.ts'
import type { Directory, Node } from './node.ts'

/** One name of a listing. */
export interface Entry {
  readonly name: string
  readonly inode: bigint
  /** S_IFMT bits. */
  readonly format: number
  /** What it names; of a process, its start time is only known by a lookup. */
  readonly of: Node
  /** The same, but for what needs a lookup. */
  readonly node: Node | undefined
}

const ids = (system: System, node: Node, { each }: Directory): number[] => {
  if (each?.of === 'process') return system.pids()
  if (!node.pid) return []
  return withProcess(system, node, process => {
    if (each) return process.tids()
    if (node.tid) process.thread(node.tid)
    process.verify()
    return []
  })
}

/**
 * `.` and `..`, the rows, then the numbers in ascending order. ENOENT when the
 * process is gone that the directory stands for: readdir(3) takes it for the
 * end of the listing (fs/proc/base.c:proc_pident_readdir, proc_task_readdir).
 */
export const list = (system: System, node: Node, parent: Node): Entry[] => {
  const directory = asDirectory(node)
  const entry = (name: string, of: Node, node?: Node): Entry => ({
    name,
    inode: inodeOf(of),
    format: format[of.row.kind],
    of,
    node,
  })
  const numbered = named(() => ids(system, node, directory)).map(id => {
    const { of, row } = directory.each as { of: string; row: Directory }
    const place = child(node, `${id}`, row)
    return entry(
      place.name,
      of === 'process' ? { ...place, pid: id } : { ...place, tid: id },
    )
  })
  return [
    entry('.', node),
    entry('..', parent),
    ...Object.entries(directory.rows).map(([name, row]) => {
      const below = child(node, name, row)
      return entry(name, below, below)
    }),
    ...numbered,
  ]
}

/**
 * One open of a directory. The names are frozen at its first read, so that a
 * listing read in pieces neither skips nor repeats one while processes come
 * and go; going back to the start lists anew.
 */
export class OpenDirectory {
  readonly node: Node
  readonly #list: () => Entry[]
  #entries: Entry[] | undefined

  constructor(node: Node, list: () => Entry[]) {
    this.node = node
    this.#list = list
  }

  /** Entries from index `marker` on. */
  from(marker: number): readonly Entry[] {
    if (!this.#entries || marker === 0) this.#entries = this.#list()
    return this.#entries.slice(marker)
  }
}
