import type { Window } from './node.ts'
import type { Ask, Opened, Renderer } from './openfile.ts'
import type { Job } from './render.ts'

/** One open of a window: each read is made for itself, and nothing is kept. */
export class OpenWindow implements Opened {
  readonly job: Job<Window>
  readonly #renderer: Renderer
  #pending = 0

  constructor(job: Job<Window>, renderer: Renderer) {
    this.job = job
    this.#renderer = renderer
  }

  /** Reads that are answered later, and are not yet. */
  get pending(): number {
    return this.#pending
  }

  /** `settled` is called when one is that is answered later. */
  read(
    { id, note, offset, size }: Ask,
    settled: () => void = () => {},
  ): Uint8Array | undefined {
    const job = { ...this.job, piece: { offset, size } }
    // all of the piece that is made for it is the request's
    const request = { id, note, offset: 0, size, lines: false }
    const made = this.#renderer.render(job, request, () => {
      this.#pending--
      settled()
    })
    if (!made) this.#pending++
    return made
  }
}
