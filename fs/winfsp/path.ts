import type { Caller } from '../../provider/contract.ts'
import { codeOf } from '../../provider/errno.ts'
import type { Filesystem } from '../filesystem.ts'
import { root } from '../lookup.ts'
import type { Node } from '../node.ts'
import { Refusal } from './refusal.ts'
import { Status } from './status.ts'

/** Something in the tree, and how it was come by. */
export interface Place {
  readonly node: Node
  readonly parent: Node
  /** Its path from the root, each name as it is truly written. */
  readonly names: readonly string[]
}

/** Where a path leads: to its end, or to a link with `rest` yet to go. */
export interface Way extends Place {
  /** Undefined at the end of the path. */
  readonly rest?: readonly string[] | undefined
}

export const start: Place = { node: root, parent: root, names: [] }

export const pathOf = (names: readonly string[]): string =>
  `\\${names.join('\\')}`

/** All names are ASCII, and only that is the same in another case. */
const fold = (name: string): string =>
  name.replace(/[A-Z]/g, letter => letter.toLowerCase())

/** A name as the directory has it, whatever the case it is asked in. */
const trueName = ({ row }: Node, name: string): string => {
  if (row.kind !== 'directory' || Object.hasOwn(row.rows, name)) return name
  const folded = fold(name)
  return Object.keys(row.rows).find(each => fold(each) === folded) ?? name
}

const absent: ReadonlySet<unknown> = new Set(['ENOENT', 'ESRCH'])

/**
 * The entry `name` of a directory; `none` is the status if there is none. What
 * else `lookup` throws.
 */
export const enter = (
  filesystem: Filesystem,
  { node, names }: Place,
  name: string,
  caller: Caller,
  none: number,
): Place => {
  // before a file is asked whether it may be searched
  if (node.row.kind !== 'directory') throw new Refusal(none)
  const known = trueName(node, name)
  try {
    const found = filesystem.lookup(node, known, caller)
    return { node: found, parent: node, names: [...names, known] }
  } catch (error) {
    throw absent.has(codeOf(error)) ? new Refusal(none) : error
  }
}

/**
 * Goes along a path as far as its end, or the first link on it; a link at its
 * end counts if `follows`. STATUS_OBJECT_NAME_NOT_FOUND if only the last name
 * is not there, else STATUS_OBJECT_PATH_NOT_FOUND.
 */
export const resolve = (
  filesystem: Filesystem,
  path: string,
  follows: boolean,
  caller: Caller,
): Way => {
  const names = path.split('\\').filter(name => name !== '')
  let place = start
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1
    const isReachable = isLast && place.node.row.kind === 'directory'
    const none = isReachable
      ? Status.ObjectNameNotFound
      : Status.ObjectPathNotFound
    place = enter(filesystem, place, name, caller, none)
    if (place.node.row.kind === 'link' && (!isLast || follows))
      return { ...place, rest: names.slice(index + 1) }
  }
  return place
}
