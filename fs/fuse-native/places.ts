import type { Caller } from '../../provider/contract.ts'
import { codeOf, Errno } from '../../provider/errno.ts'
import type { Filesystem } from '../filesystem.ts'
import { root } from '../lookup.ts'
import type { Node } from '../node.ts'

/** A node, and what `..` stands for there. */
export interface Place {
  readonly node: Node
  readonly parent: Node
}

/** The tree by paths, for a caller that nobody can name. */
export class Places {
  readonly #filesystem: Filesystem
  readonly #caller: Caller

  constructor(filesystem: Filesystem, caller: Caller) {
    this.#filesystem = filesystem
    this.#caller = caller
  }

  /** What an absolute path names, by the path alone: no links are followed. */
  find(path: string): Place {
    const place = path
      .split('/')
      .filter(name => name !== '')
      .reduce<Place>(
        ({ node }, name) => ({ node: this.#lookup(node, name), parent: node }),
        { node: root, parent: root },
      )
    if (!this.leads(place)) throw new Errno('ENOENT')
    return place
  }

  /**
   * Whether a link that stands outside of processes leads anywhere. One whose
   * target depends on who reads it does not, nor does one to such a link.
   */
  leads({ node, parent }: Place): boolean {
    if (node.row.kind !== 'link' || node.pid) return true
    try {
      const target = this.#filesystem.readlink(node, this.#caller)
      const [first = ''] = target.split('/')
      return this.leads({ node: this.#lookup(parent, first), parent })
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    }
  }

  #lookup(parent: Node, name: string): Node {
    return this.#filesystem.lookup(parent, name, this.#caller)
  }
}
