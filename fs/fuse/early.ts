/** How many are remembered; the oldest go first. */
const bound = 64

/**
 * INTERRUPTs of requests that are not known: each has been answered, or is
 * still to come, for an INTERRUPT may overtake what it interrupts (libfuse
 * keeps them in mind, too: lib/fuse_lowlevel.c:check_interrupt). A request's
 * number is never used again, so one that is remembered in vain does no harm.
 */
export class Early {
  readonly #ids = new Set<bigint>()

  add(id: bigint): void {
    this.#ids.add(id)
    if (this.#ids.size <= bound) return
    const [oldest] = this.#ids
    this.#ids.delete(oldest as bigint)
  }

  /** Whether a request that has come now is already interrupted. */
  take(id: bigint): boolean {
    return this.#ids.delete(id)
  }
}
