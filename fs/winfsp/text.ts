import type { OpenFile, Request } from '../openfile.ts'

/** Milliseconds for which a text that nobody has read stays the newest. */
const fresh = 1000

/**
 * The generations of one handle's text. The first is made when the handle is
 * opened, if sizes are to be exact, and counts as position 0; else at the first
 * read. A read at 0 makes another after one at 0 that got something, and so does
 * a first read more than a second after the text was made. All other reads, in
 * whatever order, are served from one generation: so do pages of a memory map
 * come, of which the first need not be the first to be asked for.
 *
 * Approximation: while one is being made, another read of the handle has one
 * made for itself; the driver asks for one thing of a file at a time.
 */
export class Text {
  readonly #file: OpenFile
  #bytes: Uint8Array | undefined
  /** When it was made. */
  #at = 0
  #isRead = false
  #isBegun = false
  #pending = 0

  constructor(file: OpenFile) {
    this.#file = file
  }

  /** Bytes of the newest generation, 0 if there is none. */
  get size(): number {
    return this.#bytes?.length ?? 0
  }

  /** Generations that are under way. */
  get pending(): number {
    return this.#pending
  }

  /** Whether a read at `offset` asks for a new generation. */
  isStale(offset: number, now: number): boolean {
    if (!this.#bytes) return true
    if (!this.#isRead) return now - this.#at > fresh
    return offset === 0 && this.#isBegun
  }

  /** The newest generation, for a read that is not stale. */
  get bytes(): Uint8Array {
    return this.#bytes as Uint8Array
  }

  /** Counts a read that is served from {@link bytes}. */
  moved({ offset, size }: Pick<Request, 'offset' | 'size'>): void {
    this.#isRead = true
    const read = Math.max(0, Math.min(size, this.size - offset))
    this.#isBegun ||= offset === 0 && read > 0
  }

  /**
   * Makes a generation: there at once, or undefined, and the request is
   * answered by who makes it; `settled` is called then.
   */
  make(
    request: Request,
    now: number,
    settled: (bytes: Uint8Array | undefined) => void,
  ): Uint8Array | undefined {
    const made = this.#file.generate(request, (bytes, at) => {
      this.#pending--
      if (bytes) this.#take(bytes, at)
      settled(bytes)
    })
    if (made) this.#take(made, now)
    else this.#pending++
    return made
  }

  #take(bytes: Uint8Array, at: number): void {
    this.#bytes = bytes
    this.#at = at
    this.#isRead = false
    this.#isBegun = false
  }
}
