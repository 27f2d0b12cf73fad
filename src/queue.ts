import { slots, type Table } from './table.ts'

/**
 * The lanes that wait for a walker, first come first served: a bounded queue
 * of many producers and many consumers without a lock, after Dmitry Vyukov
 * (https://www.1024cores.net/home/lock-free-algorithms/queues/bounded-mpmc-queue).
 * A lane stands in it once at most and there are as many cells as lanes, so
 * it is never full.
 */
export class Queue {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  /** Queues a lane and wakes one walker; more, if more has been queued. */
  push(lane: number): void {
    const { cell, turn, words, at } = this.#table
    for (;;) {
      const tail = Atomics.load(words, at.tail)
      const place = tail & (slots - 1)
      if (
        Atomics.load(turn, place) === tail &&
        Atomics.compareExchange(words, at.tail, tail, (tail + 1) | 0) === tail
      ) {
        cell[place] = lane
        Atomics.store(turn, place, (tail + 1) | 0)
        Atomics.add(words, at.queued, 1)
        // who was woken for a lane behind this one found nothing, and sleeps
        const isLast = Atomics.load(words, at.tail) === ((tail + 1) | 0)
        Atomics.notify(words, at.queued, isLast ? 1 : Infinity)
        return
      }
    }
  }

  /** The next lane, or undefined when none waits. */
  pop(): number | undefined {
    const { cell, turn, words, at } = this.#table
    for (;;) {
      const head = Atomics.load(words, at.head)
      const place = head & (slots - 1)
      const ready = (Atomics.load(turn, place) - (head + 1)) | 0
      if (ready < 0) return undefined
      if (
        ready === 0 &&
        Atomics.compareExchange(words, at.head, head, (head + 1) | 0) === head
      ) {
        const lane = cell[place]
        Atomics.store(turn, place, (head + slots) | 0)
        return lane
      }
    }
  }

  /** The next lane; sleeps until there is one. */
  take(): number {
    const { words, at } = this.#table
    for (;;) {
      const seen = Atomics.load(words, at.queued)
      const lane = this.pop()
      if (lane !== undefined) return lane
      Atomics.wait(words, at.queued, seen)
    }
  }
}
