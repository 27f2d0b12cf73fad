/**
 * Who answers a request. Every pending request has one word in shared memory;
 * walker, deadline, interrupt and stop race for it with one compareExchange,
 * and only the winner answers. The word counts its uses, so a thread that
 * comes late, after the slot went to another request, loses too: WinFsp's
 * Hint is the address of an IRP that is reused, and a late answer without the
 * claim would complete a stranger's request.
 */
export const Claim = {
  free: 0,
  pending: 1,
  /** A walker has it and will answer. */
  walker: 2,
  /** The walker has answered. */
  answered: 3,
  deadline: 4,
  interrupt: 5,
  stop: 6,
  /** Its walker died. */
  lost: 7,
} as const

export type State = (typeof Claim)[keyof typeof Claim]

const mask = 7

export const stateOf = (word: number): State => (word & mask) as State

/** Whether two words of a slot are of the same use of it. */
export const isSameUse = (one: number, other: number): boolean =>
  (one & ~mask) === (other & ~mask)

const with_ = (word: number, state: State): number => (word & ~mask) | state

export class Claims {
  readonly #words: Int32Array

  constructor(words: Int32Array) {
    this.#words = words
  }

  word(slot: number): number {
    return Atomics.load(this.#words, slot)
  }

  /** Makes the slot pending, for its next use. Only its owner may. */
  arm(slot: number): void {
    const use = (this.word(slot) & ~mask) + mask + 1
    Atomics.store(this.#words, slot, use | Claim.pending)
  }

  /**
   * Moves a slot whose word is still `word` to `state`: true for the one
   * caller that does. Only a pending slot can be won.
   */
  win(slot: number, word: number, state: State): boolean {
    if (stateOf(word) !== Claim.pending) return false
    return this.#move(slot, word, state)
  }

  /** By the walker that won with `word`, once its answer is out. */
  answered(slot: number, word: number): void {
    this.#move(slot, with_(word, Claim.walker), Claim.answered)
  }

  /**
   * By the watchdog, for a walker that died: true if the answer is still due.
   * The dead thread answers no more, so nobody else can be at it. `word`: as
   * it was when the slot was known to be that walker's.
   */
  bury(slot: number, word: number): boolean {
    return (
      this.win(slot, word, Claim.lost) ||
      (stateOf(word) === Claim.walker && this.#move(slot, word, Claim.lost))
    )
  }

  #move(slot: number, from: number, state: State): boolean {
    return (
      Atomics.compareExchange(this.#words, slot, from, with_(from, state)) ===
      from
    )
  }
}
