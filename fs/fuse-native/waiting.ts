import { constants } from 'node:os'
import type { Code } from '../../provider/errno.ts'
import type { Answer, Outcome } from '../host.ts'
import { partOf, type Ask, type Request } from '../openfile.ts'
import type { Callback } from './package.ts'

/** This system's own number for a code, as an operation ends with it. */
export const failure = (code: Code): number => -constants.errno[code]

/** Where a read's bytes go, and whom to tell. */
interface Read {
  readonly buffer: Uint8Array
  readonly callback: Callback
}

/** The reads of one mount that are answered later. */
export class Waiting {
  readonly #reads = new Map<bigint, Read>()
  #last = 0n

  /** How many there are. */
  get size(): number {
    return this.#reads.size
  }

  /** A read, numbered: the package does not tell the kernel's number. */
  request(offset: number, size: number): Ask {
    return { id: ++this.#last, offset: BigInt(offset), size }
  }

  add({ id }: Ask, read: Read): void {
    this.#reads.set(id, read)
  }

  /** Ends a read that waits; one that has been answered is let be. */
  readonly answer: Answer = (request, outcome) => {
    const read = this.#reads.get(request.id)
    this.#reads.delete(request.id)
    read?.callback(fill(read.buffer, request, outcome))
  }
}

const fill = (
  buffer: Uint8Array,
  request: Request,
  outcome: Outcome,
): number => {
  if (typeof outcome === 'string') return failure(outcome)
  const bytes = partOf(outcome, request)
  buffer.set(bytes)
  return bytes.length
}
