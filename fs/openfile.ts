import type { Text } from './node.ts'
import type { Job } from './render.ts'

/**
 * What became of one generation: the text, or nothing to be shown. `at`: when
 * it was made, in milliseconds of process.hrtime.
 */
export type Settle = (bytes: Uint8Array | undefined, at: number) => void

/** The part of a text that one read asks for, and whom to answer. */
export interface Ask {
  /** The host's own number of the request (FUSE unique, WinFsp Hint). */
  readonly id: bigint
  /**
   * What the host needs beyond that to answer from another thread: at most
   * {@link noteSize} bytes.
   */
  readonly note?: Uint8Array | undefined
  /** Bytes; all 64 bits of it. */
  readonly offset: bigint
  readonly size: number
}

/** Bytes that a request may carry for its host. */
export const noteSize = 256

/** The part of what was made for it that a request gets. */
export interface Request extends Omit<Ask, 'offset'> {
  /** Bytes into that. */
  readonly offset: number
  /** Whether the text is lines, see {@link partOf}. */
  readonly lines: boolean
}

const newline = 10

/** Bytes of the buffer in which the kernel's seq_file makes its records. */
const page = 4096

/**
 * What a read gets of a text: `[offset, offset + size)`, and of lines no part
 * of one that ends beyond it, if as much as a page is asked for. So it is with
 * the kernel's seq_file (fs/seq_file.c:seq_read_iter), whose records are whole
 * in its page, but are cut to fit a smaller read.
 */
export const partOf = (
  bytes: Uint8Array,
  { offset, size, lines }: Pick<Request, 'offset' | 'size' | 'lines'>,
): Uint8Array => {
  const end = offset + size
  if (!lines || size < page || end >= bytes.length)
    return bytes.subarray(offset, end)
  const last = bytes.lastIndexOf(newline, end - 1)
  return bytes.subarray(offset, last < offset ? end : last + 1)
}

/** Makes texts: at once, or later by walkers (src/pool.ts). */
export interface Renderer {
  /**
   * The content, if it is at hand when this returns; else undefined, and the
   * request is answered by whoever finishes it. `settle` is called in this
   * thread once that is known, with the text if the request got it.
   */
  render(job: Job, request: Request, settle: Settle): Uint8Array | undefined
  /** Takes a request back: true if nobody else has answered or will. */
  cancel(id: bigint): boolean
}

/** An open of a file. */
export interface Opened {
  /**
   * The bytes of `[offset, offset + size)` that there are; undefined when the
   * request is answered later.
   */
  read(ask: Ask): Uint8Array | undefined
}

/**
 * One open of a file of text, by the rule of the kernel's seq_file
 * (fs/seq_file.c:seq_read_iter): the text is made anew when a read does not
 * go on where the last one of this handle ended, and at offset 0; otherwise
 * the same generation is served.
 */
export class OpenFile implements Opened {
  readonly job: Job<Text>
  readonly #renderer: Renderer
  #bytes: Uint8Array | undefined
  /** End of the last read. */
  #position = 0

  constructor(job: Job<Text>, renderer: Renderer) {
    this.job = job
    this.#renderer = renderer
  }

  read({ id, offset: at, size }: Ask): Uint8Array | undefined {
    // no text is so long that this rounds
    const offset = Number(at)
    const request = { id, offset, size, lines: this.job.node.row.lines }
    if (offset !== 0 && offset === this.#position && this.#bytes)
      return this.#serve(this.#bytes, request)
    const made = this.#renderer.render(this.job, request, bytes => {
      if (bytes) this.#serve(bytes, request)
    })
    return made && this.#serve(made, request)
  }

  /**
   * A new text, for a host that has a rule of its own when there is one, as
   * Renderer tells.
   */
  generate(request: Request, settle: Settle): Uint8Array | undefined {
    return this.#renderer.render(this.job, request, settle)
  }

  #serve(bytes: Uint8Array, request: Request): Uint8Array {
    const part = partOf(bytes, request)
    this.#bytes = bytes
    this.#position = request.offset + part.length
    return part
  }
}
