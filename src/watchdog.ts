import { Claim, Claims, stateOf, type State } from '../fs/claim.ts'
import type { Answer } from '../fs/host.ts'
import type { Code } from '../provider/errno.ts'
import { taken } from './lane.ts'
import type { Through } from './pool.ts'
import { Queue } from './queue.ts'
import { now, requestIn, slots, type Table } from './table.ts'

/** What the watchdog can do to the walkers. */
export interface Walkers {
  /** Starts one more, of this number. */
  start(number: number): void
  /** To the loop. */
  post(through: Through): void
  log(line: string): void
}

/**
 * Looks after the walkers from the main thread: answers requests that are past
 * their deadline (ETIMEDOUT) and those of a walker that died (EIO), and starts
 * another in place of a walker that died or hangs. A thread that hangs in a
 * system call cannot be ended, so there is a bound on how many there may be;
 * when all hang, the table says so and the loop answers EAGAIN.
 */
export class Watchdog {
  readonly #table: Table
  readonly #claims: Claims
  readonly #queue: Queue
  readonly #walkers: Walkers
  /** Answers from this thread. */
  readonly #answer: Answer
  /** How many should be able to work, how many there may be. */
  readonly #wanted: number
  readonly #bound: number
  /** Milliseconds that one walk may take. */
  readonly #deadline: number
  readonly #alive = new Set<number>()
  #started = 0

  constructor(options: {
    readonly table: Table
    readonly walkers: Walkers
    readonly answer: Answer
    readonly wanted: number
    readonly bound: number
    readonly deadline: number
  }) {
    this.#table = options.table
    this.#claims = new Claims(options.table.claim)
    this.#queue = new Queue(options.table)
    this.#walkers = options.walkers
    this.#answer = options.answer
    this.#wanted = options.wanted
    this.#bound = options.bound
    this.#deadline = options.deadline
    this.#replace(0)
  }

  /** Milliseconds between two calls of `tick`: what a deadline is late by. */
  get period(): number {
    return Math.min(250, Math.max(5, this.#deadline / 20))
  }

  tick(): void {
    const time = now()
    this.#expire(time)
    this.#replace(this.#findStuck(time))
  }

  /**
   * A walker's thread has ended; it never does so by itself. The next tick
   * starts another, not this: one that cannot even start would spin.
   */
  died(number: number): void {
    this.#alive.delete(number)
    const { walker, since } = this.#table
    const lane = walker.indexOf(number)
    if (lane >= 0) {
      since[lane] = 0
      this.#bury(lane)
      Atomics.store(walker, lane, 0)
      // whoever came after the dead walker's batch still waits in the lane
      this.#queue.push(lane)
    }
    this.#walkers.log(`walker ${number} ended; starting another`)
  }

  /** Whether a walker has won a request that it has not answered yet. */
  get isAnswering(): boolean {
    for (let slot = 0; slot < slots; slot++)
      if (stateOf(this.#claims.word(slot)) === Claim.walker) return true
    return false
  }

  /** Answers every pending request: the mount is going away. */
  stop(): void {
    for (let slot = 0; slot < slots; slot++)
      this.#claim(slot, Claim.stop, 'ENODEV')
  }

  #expire(time: number): void {
    for (let slot = 0; slot < slots; slot++)
      this.#claim(slot, Claim.deadline, 'ETIMEDOUT', time)
  }

  /** Answers a request that is pending and due at `time`. */
  #claim(slot: number, state: State, code: Code, time = Infinity): void {
    const word = this.#claims.word(slot)
    if (stateOf(word) !== Claim.pending) return
    // after the word: a slot keeps its last request's until it is armed anew
    if ((this.#table.due[slot] as number) > time) return
    // before the claim: once it is through, the slot may be another's
    const request = requestIn(this.#table, slot)
    if (this.#claims.win(slot, word, state)) this.#answer(request, code)
  }

  #bury(lane: number): void {
    const { lane: lanes, next } = this.#table
    const lost: number[] = []
    const words: number[] = []
    for (let slot = 0; slot < slots; slot++) {
      // the word first: a slot that is through may be another's from here on
      const word = this.#claims.word(slot)
      if (lanes[slot] !== lane || next[slot] !== taken) continue
      const request = requestIn(this.#table, slot)
      if (this.#claims.bury(slot, word)) this.#answer(request, 'EIO')
      lost.push(slot)
      words.push(word)
    }
    this.#walkers.post({ slots: lost, outcome: 'EIO', at: now(), words })
    Atomics.add(this.#table.words, this.#table.at.posted, 1)
  }

  /** Marks lanes whose walk is overdue; how many there are. */
  #findStuck(time: number): number {
    const { since, stuck } = this.#table
    let count = 0
    for (let lane = 0; lane < slots; lane++) {
      const began = since[lane] as number
      const overdue = began > 0 && began + this.#deadline <= time
      // level, not edge: a walk that ended between the two lines is unmarked
      // here the next time
      if (overdue !== Boolean(stuck[lane]))
        Atomics.store(stuck, lane, Number(overdue))
      if (overdue) count++
    }
    return count
  }

  #replace(stuck: number): void {
    while (
      this.#alive.size - stuck < this.#wanted &&
      this.#alive.size < this.#bound
    ) {
      this.#alive.add(++this.#started)
      this.#walkers.start(this.#started)
    }
    const { words, at } = this.#table
    const exhausted = this.#alive.size <= stuck
    Atomics.store(words, at.exhausted, Number(exhausted))
  }
}
