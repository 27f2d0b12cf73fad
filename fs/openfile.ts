import type { Job } from './render.ts'

/** What became of one generation: the text, or nothing to be shown. */
export type Settle = (bytes: Uint8Array | undefined) => void

/** The part of a text that one read asks for, and whom to answer. */
export interface Request {
  /** The host's own number of the request (FUSE unique, WinFsp Hint). */
  readonly id: bigint
  /** Bytes. */
  readonly offset: number
  readonly size: number
}

/** Makes texts: at once, or later by walkers (src/pool.ts). */
export interface Renderer {
  /**
   * The text, if it is at hand when this returns; else undefined, and the
   * request is answered by whoever finishes it. `settle` is called in this
   * thread once that is known, with the text if the request got it.
   */
  render(job: Job, request: Request, settle: Settle): Uint8Array | undefined
  /** Takes a request back: true if nobody else has answered or will. */
  cancel(id: bigint): boolean
}

/**
 * One open of a file of text, by the rule of the kernel's seq_file
 * (fs/seq_file.c:seq_read_iter): the text is made anew when a read does not
 * go on where the last one of this handle ended, and at offset 0; otherwise
 * the same generation is served.
 */
export class OpenFile {
  readonly job: Job
  readonly #renderer: Renderer
  #bytes: Uint8Array | undefined
  /** End of the last read. */
  #position = 0

  constructor(job: Job, renderer: Renderer) {
    this.job = job
    this.#renderer = renderer
  }

  /**
   * The bytes of `[offset, offset + size)` that there are; undefined when the
   * request is answered later.
   */
  read(request: Request): Uint8Array | undefined {
    const { offset } = request
    if (offset !== 0 && offset === this.#position && this.#bytes)
      return this.#serve(this.#bytes, request)
    const made = this.#renderer.render(this.job, request, bytes => {
      if (bytes) this.#serve(bytes, request)
    })
    return made && this.#serve(made, request)
  }

  #serve(bytes: Uint8Array, { offset, size }: Request): Uint8Array {
    const slice = bytes.subarray(offset, offset + size)
    this.#bytes = bytes
    this.#position = offset + slice.length
    return slice
  }
}
