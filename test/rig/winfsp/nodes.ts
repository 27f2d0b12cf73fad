/** All handles of one name. */
export interface Node {
  readonly key: string
  UserContext: bigint
  handles: number
  /** When what was asked of it last is done. */
  idle: Promise<unknown>
}

/** What is open on a volume, name by name, whoever opened it. */
export class Nodes {
  readonly #nodes = new Map<string, Node>()

  /** How many names. */
  get size(): number {
    return this.#nodes.size
  }

  /** Does one thing at a time with a name. */
  alone<T>(path: string, act: () => Promise<T>): Promise<T> {
    const node = this.#nodes.get(path.toUpperCase())
    if (node === undefined) return act()
    const done = node.idle.then(act)
    node.idle = done.catch(() => undefined)
    return done
  }

  /** Of a handle that was just opened: whose UserContext it has. */
  enter(path: string, UserContext: bigint): Node {
    const key = path.toUpperCase()
    const node = this.#nodes.get(key) ?? {
      key,
      UserContext,
      handles: 0,
      idle: Promise.resolve(),
    }
    node.handles++
    this.#nodes.set(key, node)
    return node
  }

  leave(node: Node): void {
    if (--node.handles === 0) this.#nodes.delete(node.key)
  }
}
