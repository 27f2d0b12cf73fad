import type { MessagePort } from 'node:worker_threads'
import type { System } from '../provider/contract.ts'
import { codeOf, type Code } from '../provider/errno.ts'
import { Claim, Claims, stateOf } from '../fs/claim.ts'
import type { View } from '../fs/document/document.ts'
import type { Answer, Outcome } from '../fs/host.ts'
import type { Request } from '../fs/openfile.ts'
import { render, type Job } from '../fs/render.ts'
import { rows } from '../fs/tree.ts'
import type { Through } from './pool.ts'
import { Queue } from './queue.ts'
import { closed, none, now, requestIn, type Table } from './table.ts'

/** In `next` of a slot that a walker has taken out of its lane. */
export const taken = -3

/** A request taken out of its lane, and its slot's word at that time. */
interface Waiting {
  readonly slot: number
  readonly word: number
  readonly request: Request
}

/** A walker's work: lanes from the queue, one at a time, for ever. */
export class Walker {
  readonly #system: System
  readonly #view: View
  readonly #table: Table
  readonly #claims: Claims
  readonly #queue: Queue
  readonly #number: number
  readonly #port: MessagePort
  readonly #answer: Answer | undefined
  readonly #log: (line: string) => void

  constructor(options: {
    readonly system: System
    readonly view: View
    readonly table: Table
    /** Counted from 1. */
    readonly number: number
    readonly port: MessagePort
    /** Undefined if the loop answers for us. */
    readonly answer: Answer | undefined
    readonly log: (line: string) => void
  }) {
    this.#system = options.system
    this.#view = options.view
    this.#table = options.table
    this.#claims = new Claims(options.table.claim)
    this.#queue = new Queue(options.table)
    this.#number = options.number
    this.#port = options.port
    this.#answer = options.answer
    this.#log = options.log
  }

  run(): never {
    for (;;) this.work(this.#queue.take())
  }

  /** One turn in a lane: all that waits there now, then the next lane. */
  work(lane: number): void {
    const { waiting, walker } = this.#table
    Atomics.store(walker, lane, this.#number)
    const batch = this.#collect(Atomics.exchange(waiting, lane, none))
    for (const group of this.#groups(batch)) this.#walk(lane, group)
    Atomics.store(walker, lane, 0)
    // who came meanwhile waits for a turn behind the other lanes
    if (Atomics.compareExchange(waiting, lane, none, closed) !== none)
      this.#queue.push(lane)
  }

  /** The stack of a lane as a list, oldest first. */
  #collect(top: number): Waiting[] {
    const { next } = this.#table
    const batch: Waiting[] = []
    for (let slot = top; slot >= 0;) {
      const below = next[slot] as number
      batch.push({
        slot,
        word: this.#claims.word(slot),
        request: requestIn(this.#table, slot),
      })
      next[slot] = taken
      slot = below
    }
    return batch.reverse()
  }

  /** Those that wait for the same text, for the same reader, together. */
  #groups(batch: Waiting[]): Waiting[][] {
    if (batch.length < 2) return batch.length ? [batch] : []
    const { row, start, tid, fd, uid, gid, token } = this.#table
    const { pieceAt, pieceSize } = this.#table
    const groups = new Map<string, Waiting[]>()
    for (const waiting of batch) {
      const { slot } = waiting
      const key = [row, start, tid, fd, uid, gid, token, pieceAt, pieceSize]
        .map(column => column[slot])
        .join()
      const group = groups.get(key)
      if (group) group.push(waiting)
      else groups.set(key, [waiting])
    }
    return [...groups.values()]
  }

  #walk(lane: number, group: Waiting[]): void {
    const { since, stuck } = this.#table
    // by now: others may have been walked for meanwhile
    const wanted = group.some(
      ({ slot }) => stateOf(this.#claims.word(slot)) === Claim.pending,
    )
    since[lane] = now()
    const outcome = wanted ? this.#render(group[0] as Waiting) : 'EINTR'
    since[lane] = 0
    Atomics.store(stuck, lane, 0)
    const won = group.filter(({ slot, word }) =>
      this.#claims.win(slot, word, Claim.walker),
    )
    this.#post({ slots: group.map(({ slot }) => slot), outcome, at: now() })
    if (!this.#answer) return
    for (const { slot, word, request } of won) {
      this.#answer(request, outcome)
      this.#claims.answered(slot, word)
    }
  }

  /** The text in shared memory, or why there is none. */
  #render({ slot }: Waiting): Outcome {
    try {
      const text = render(this.#system, this.#view, this.#job(slot))
      const shared = new Uint8Array(new SharedArrayBuffer(text.length))
      shared.set(text)
      return shared
    } catch (error) {
      return this.#code(error)
    }
  }

  #code(error: unknown): Code {
    const code = codeOf(error)
    if (code === undefined) this.#log(`walk: ${stackOf(error)}`)
    return code ?? 'EIO'
  }

  #job(slot: number): Job {
    const { row, pid, start, tid, fd, uid, gid, token } = this.#table
    const { pieceAt, pieceSize } = this.#table
    const open = fd[slot] as number
    const node = {
      row: rows[row[slot] as number] as Job['node']['row'],
      name: '',
      pid: pid[slot] as number,
      start: start[slot] as bigint,
      tid: tid[slot] as number,
      ...(open >= 0 && { fd: open }),
      fleeting: false,
    }
    const caller = {
      uid: uid[slot] as number,
      gid: gid[slot] as number,
      tid: 0,
      token: token[slot] === -1 ? undefined : token[slot],
    }
    const piece = {
      offset: pieceAt[slot] as bigint,
      size: pieceSize[slot] as number,
    }
    return { node, caller, piece }
  }

  #post(through: Through): void {
    this.#port.postMessage(through)
    const { words, at } = this.#table
    Atomics.add(words, at.posted, 1)
  }
}

/** What a log says of something thrown. */
export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
