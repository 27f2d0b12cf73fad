import type { Held } from '../host.ts'
import type { Handle } from './handle.ts'
import type { Machine } from './machine.ts'
import { refuse } from './refusal.ts'
import { Status } from './status.ts'

/** What programs have open, each by a number that is never used again. */
export class Handles {
  readonly #machine: Pick<Machine, 'drop'>
  readonly #open = new Map<number, Handle>()
  /** Counted along: a mount is asked for it at every request. */
  #directories = 0
  #last = 0

  constructor(machine: Pick<Machine, 'drop'>) {
    this.#machine = machine
  }

  get held(): Held {
    const directories = this.#directories
    return { nodes: 0, files: this.#open.size - directories, directories }
  }

  /** The number that its requests will bring. */
  add(handle: Handle): number {
    this.#open.set(++this.#last, handle)
    if (handle.directory) this.#directories++
    return this.#last
  }

  find(number: number): Handle | undefined {
    return this.#open.get(number)
  }

  /**
   * The handle of a request: STATUS_INVALID_HANDLE for one that was never
   * given, or is closed.
   */
  of({ body }: { body: { UserContext2: number } }): Handle {
    return this.find(body.UserContext2) ?? refuse(Status.InvalidHandle)
  }

  /** Whether there was one to close. */
  close(number: number): boolean {
    const handle = this.#open.get(number)
    if (!handle) return false
    this.#open.delete(number)
    if (handle.directory) this.#directories--
    handle.isClosed = true
    this.release(handle)
    return true
  }

  /**
   * Lets go of the token of what is closed, once nobody reads by it any more:
   * to be called whenever somebody has.
   */
  release({ isClosed, text, window, caller }: Handle): void {
    const isUsed = (text ?? window)?.pending
    if (isClosed && !isUsed) this.#machine.drop(caller.token as number)
  }
}
