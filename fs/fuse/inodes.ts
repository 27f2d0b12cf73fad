import { Errno } from '../../provider/errno.ts'
import { root } from '../lookup.ts'
import type { Node } from '../node.ts'
import { numberOf } from '../tree.ts'
import { rootId } from './codec/flags.ts'

/** A node that the kernel knows by a number. */
export interface Inode {
  readonly id: number
  readonly node: Node
  /** What `..` stands for. */
  readonly parent: Node
  /** Lookups that the kernel has not given back. */
  count: number
}

/** Two nodes are one to the kernel if they stand for the same thing. */
const keyOf = ({ row, pid, start, tid, fd }: Node): string =>
  `${numberOf(row)} ${pid} ${start} ${tid} ${fd}`

/**
 * The nodes that the kernel holds, by node id, with the lookups that each
 * answer gave it and each FORGET takes back: none is left at 0. An id is bound
 * to (pid, start time) and never issued twice, so one that the kernel still
 * holds never comes to mean another process.
 */
export class Inodes {
  readonly #byId = new Map<number, Inode>()
  readonly #byKey = new Map<string, Inode>()
  #last = rootId

  constructor() {
    this.#put({ id: rootId, node: root, parent: root, count: Infinity })
  }

  /** How many the kernel holds, the root not counted. */
  get size(): number {
    return this.#byId.size - 1
  }

  /** ESRCH for a number that was never issued or is forgotten. */
  get(id: number): Inode {
    const inode = this.#byId.get(id)
    if (!inode) throw new Errno('ESRCH', `no node ${id}`)
    return inode
  }

  /** The node's id, held by one lookup more. */
  add(node: Node, parent: Node): number {
    const known = this.#byKey.get(keyOf(node))
    if (known) {
      known.count++
      return known.id
    }
    const id = ++this.#last
    this.#put({ id, node, parent, count: 1 })
    return id
  }

  /** Takes back `count` lookups; unknown ids are none of ours. */
  forget(id: number, count: number): void {
    const inode = this.#byId.get(id)
    if (!inode) return
    inode.count -= count
    if (inode.count > 0) return
    this.#byId.delete(id)
    this.#byKey.delete(keyOf(inode.node))
  }

  #put(inode: Inode): void {
    this.#byId.set(inode.id, inode)
    this.#byKey.set(keyOf(inode.node), inode)
  }
}
