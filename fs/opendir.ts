import type { System } from '../provider/contract.ts'
import { format, inodeOf } from './attr.ts'
import { asDirectory, child, named, taskOf, withProcess } from './lookup.ts'
import { isThere, type Each, type Node, type Row } from './node.ts'

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

/** What is in a directory: its rows that are there, and ids. */
interface Contents {
  readonly rows: readonly (readonly [string, Row])[]
  readonly ids: readonly number[]
}

const contents = (system: System, node: Node): Contents => {
  const { each, rows } = asDirectory(node)
  const all = Object.entries(rows)
  if (!node.pid)
    return { rows: all, ids: each?.of === 'process' ? system.pids() : [] }
  return withProcess(system, node, process => {
    const task = taskOf(process, node)
    const ids = !each
      ? []
      : each.of === 'fd'
        ? (task.fds?.() ?? [])
        : process.tids()
    if (!each) process.verify()
    return { rows: all.filter(([, row]) => isThere(row, process)), ids }
  })
}

/** What a number names, by what it is the number of. */
const members = {
  process: 'pid',
  thread: 'tid',
  fd: 'fd',
} as const satisfies Record<Each['of'], string>

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
  const { rows, ids } = named(() => contents(system, node))
  const numbered = ids.map(id => {
    const { of, row } = directory.each as Each
    const place = child(node, `${id}`, row)
    return entry(place.name, { ...place, [members[of]]: id })
  })
  return [
    entry('.', node),
    entry('..', parent),
    ...rows.map(([name, row]) => {
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
