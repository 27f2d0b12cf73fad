import type { Process, Right, System, Task } from '../provider/contract.ts'
import type { DocumentName } from './document/index.ts'

/**
 * Where a row's facts are gathered. `inline`: in the thread that serves the
 * drive, for what never blocks; `pool`: by a walker, for what may.
 */
export type Where = 'inline' | 'pool'

/** A file whose text a document generates (fs/document/index.ts). */
export interface Text {
  readonly kind: 'text'
  readonly mode: number
  readonly right: Right
  readonly where: Where
  readonly document: DocumentName
  /** Whether it is made of lines, of which a large read gets whole ones. */
  readonly lines: boolean
  /** Whether the name is there, where it is not there for every process. */
  readonly when?: (process: Process) => boolean
}

/**
 * A file of bytes that are what they are at each read, by their offset: nothing
 * is made beforehand, there is no end, and a read in the midst is as good as
 * any.
 */
export interface Window {
  readonly kind: 'window'
  readonly mode: number
  readonly right: Right
  readonly where: 'pool'
  /** ESRCH for a task that has nothing to open. */
  readonly open: (task: Task) => void
  /** The first bytes of `[offset, offset + size)`; or an errno, if none. */
  readonly read: (task: Task, offset: bigint, size: number) => Uint8Array
}

/** What a link's target is made from. */
export interface LinkSource {
  readonly system: System
  /** The thread whose directory the link stands in; none outside of one. */
  readonly task: Task | undefined
  /** What the link is named by, of those in `fd`. */
  readonly fd?: number | undefined
  /** Thread id of the reader, 0 if unknown. */
  readonly tid: number
  /** Process id of the reader, if that is known instead. */
  readonly pid?: number | undefined
}

/** A symbolic link; undefined as target: ENOENT. */
export interface Link {
  readonly kind: 'link'
  readonly mode: number
  readonly right: Right
  readonly target: (source: LinkSource) => string | undefined
  /** What it leads to, if to anything: Windows wants to know beforehand. */
  readonly to: 'file' | 'directory'
}

export interface Directory {
  readonly kind: 'directory'
  readonly mode: number
  readonly right: Right
  readonly rows: Rows
  /** Entries that come and go, after the rows; named by their number. */
  readonly each?: Each
  /** Whether the name is there, where it is not there for every process. */
  readonly when?: (process: Process) => boolean
}

/**
 * One directory per process, or per thread of the process it stands in; one
 * link or text per file that the task has open.
 */
export type Each =
  | { readonly of: 'process' | 'thread'; readonly row: Directory }
  | { readonly of: 'fd'; readonly row: Link | Text }

export type Row = Text | Window | Link | Directory
export type Rows = { readonly [name: string]: Row }

export const text = (
  document: DocumentName,
  mode: number,
  right: Right,
  where: Where,
): Text => ({ kind: 'text', document, mode, right, where, lines: true })

/** A text that is not lines: any read gets as many bytes as it asks for. */
export const bytes = (...row: Parameters<typeof text>): Text => ({
  ...text(...row),
  lines: false,
})

/** A name that is there only for processes of which something is known. */
export const only = <R extends Text | Directory>(
  when: NonNullable<R['when']>,
  row: R,
): R => ({ ...row, when })

/** Whether a row's name is there for a process; without one, for all. */
export const isThere = (row: Row, process: Process | undefined): boolean =>
  !('when' in row) ||
  row.when === undefined ||
  (process !== undefined && row.when(process))

export const window = (
  mode: number,
  right: Right,
  { open, read }: Pick<Window, 'open' | 'read'>,
): Window => ({ kind: 'window', mode, right, where: 'pool', open, read })

export const link = (
  target: Link['target'],
  right: Right,
  to: Link['to'],
): Link => ({
  kind: 'link',
  mode: 0o777,
  right,
  target,
  to,
})

export const directory = (
  mode: number,
  right: Right,
  rows: Rows,
  each?: Each,
): Directory => ({
  kind: 'directory',
  mode,
  right,
  rows,
  ...(each && { each }),
})

/**
 * All rows of a tree, each once, parents first: its index here is a row's
 * number, the same in every thread that imports the tree.
 */
export const flatten = (root: Row): readonly Row[] => {
  if (root.kind !== 'directory') return [root]
  const below = Object.values(root.rows).flatMap(flatten)
  return [root, ...below, ...(root.each ? flatten(root.each.row) : [])]
}

/**
 * One place in the tree: a row, and the process or thread it stands for.
 * `name` is its entry in the parent's directory.
 */
export interface Node {
  readonly row: Row
  readonly name: string
  /** 0 outside of /proc/<pid>. */
  readonly pid: number
  /** Start time of that process: with the pid it is the identity. */
  readonly start: bigint
  /** 0 outside of /proc/<pid>/task/<tid>. */
  readonly tid: number
  /** What it is named by, of those in `fd` and `fdinfo`. */
  readonly fd?: number
  /** Whether the name can vanish: a pid's or a thread's own, that of a file. */
  readonly fleeting: boolean
}
