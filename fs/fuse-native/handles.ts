import { Errno } from '../../provider/errno.ts'

/** Handles are 32-bit numbers with a sign; 0 means that there is none. */
const largest = 0x7fff_ffff

/** What is open, by the number that the package keeps of it. */
export class Handles<T> {
  readonly #open = new Map<number, T>()
  #last: number

  /** `last`: the number after which to begin. */
  constructor(last = 0) {
    this.#last = last
  }

  get size(): number {
    return this.#open.size
  }

  /** A number that nothing open has. */
  add(opened: T): number {
    do this.#last = this.#last === largest ? 1 : this.#last + 1
    while (this.#open.has(this.#last))
    this.#open.set(this.#last, opened)
    return this.#last
  }

  /** EBADF for a number that was never given or is released. */
  get(handle: number): T {
    const opened = this.#open.get(handle)
    if (opened === undefined) throw new Errno('EBADF')
    return opened
  }

  delete(handle: number): void {
    this.#open.delete(handle)
  }
}
