import type { MessagePort } from 'node:worker_threads'
import { receiveMessageOnPort } from 'node:worker_threads'
import type { System } from '../provider/contract.ts'
import { Errno } from '../provider/errno.ts'
import { Claim, Claims, isSameUse, stateOf } from '../fs/claim.ts'
import type { View } from '../fs/document/document.ts'
import type { Answer, Outcome } from '../fs/host.ts'
import {
  noteSize,
  type Renderer,
  type Request,
  type Settle,
} from '../fs/openfile.ts'
import { render, type Job } from '../fs/render.ts'
import { numberOf } from '../fs/tree.ts'
import { Queue } from './queue.ts'
import { closed, none, now, slots, type Table } from './table.ts'

/**
 * Requests of one process that may wait at once, beyond which it is EAGAIN: one
 * that hangs, and is asked ever again, leaves room for the others.
 */
const perLane = slots / 8

/** From a walker or the watchdog to the loop: these requests are through. */
export interface Through {
  readonly slots: readonly number[]
  readonly outcome: Outcome
  /** When that was known (ms, see now()). */
  readonly at: number
  /**
   * Claim words of the slots, from a sender that does not own them: one that
   * has gone to another request since is not meant.
   */
  readonly words?: readonly number[]
}

/** From the main thread to the loop: another walker's port. */
export interface Port {
  readonly port: MessagePort
}

interface Pending {
  readonly request: Request
  readonly settle: Settle
}

/** `[count - 1, …, 1, 0]`: a stack that gives 0 first. */
const countdown = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => count - 1 - index)

/**
 * Texts by walkers, seen from the loop. Requests for one process wait in one
 * lane, which one walker at a time works on: a process that hangs holds up one
 * walker and nobody else's file. Requests in a lane for the same text share
 * one walk, if they were there before it began.
 */
export class Pool implements Renderer {
  readonly #system: System
  readonly #view: View
  readonly #table: Table
  readonly #claims: Claims
  readonly #queue: Queue
  readonly #ports: MessagePort[]
  readonly #deadline: number
  /** Answers what is this thread's to answer. */
  readonly #answer: Answer
  /** Whether this thread also answers what walkers have won. */
  readonly #relays: boolean
  readonly #free = countdown(slots)
  readonly #freeLanes = countdown(slots)
  readonly #pending: (Pending | undefined)[] = []
  readonly #byId = new Map<bigint, number>()
  readonly #lanes = new Map<number, number>()
  /** Requests in each lane. */
  readonly #load = new Int32Array(slots)
  #seen = 0

  constructor(options: {
    readonly system: System
    readonly view: View
    readonly table: Table
    /** The main thread's port, whence come the walkers' ports. */
    readonly port: MessagePort
    /** Milliseconds. */
    readonly deadline: number
    readonly answer: Answer
    readonly relays: boolean
  }) {
    this.#system = options.system
    this.#view = options.view
    this.#table = options.table
    this.#claims = new Claims(options.table.claim)
    this.#queue = new Queue(options.table)
    this.#ports = [options.port]
    this.#deadline = options.deadline
    this.#answer = options.answer
    this.#relays = options.relays
  }

  /** EAGAIN when no walker could take it up: all are stuck, or its lane is. */
  render(job: Job, request: Request, settle: Settle): Uint8Array | undefined {
    if (job.node.row.where === 'inline')
      return render(this.#system, this.#view, job)
    // beyond its room a note would be written over the next one
    if (request.note && request.note.length > noteSize) throw new Errno('EIO')
    const table = this.#table
    const lane = this.#lane(job)
    if (Atomics.load(table.words, table.at.exhausted) || table.stuck[lane])
      throw new Errno('EAGAIN')
    if ((this.#load[lane] as number) >= perLane) throw new Errno('EAGAIN')
    const slot = this.#free.pop()
    if (slot === undefined) throw new Errno('EAGAIN')
    this.#pending[slot] = { request, settle }
    this.#byId.set(request.id, slot)
    this.#fill(slot, lane, job, request)
    this.#claims.arm(slot)
    this.#enter(slot, lane)
    return undefined
  }

  cancel(id: bigint): boolean {
    const slot = this.#byId.get(id)
    if (slot === undefined) return false
    const { request } = this.#pending[slot] as Pending
    const word = this.#claims.word(slot)
    if (!this.#claims.win(slot, word, Claim.interrupt)) return false
    this.#answer(request, 'EINTR')
    return true
  }

  /** Requests that are not through yet. */
  get pending(): number {
    return this.#byId.size
  }

  /** Takes up all messages; call it before each request is handled. */
  drain(): void {
    const { words, at } = this.#table
    const posted = Atomics.load(words, at.posted)
    if (posted === this.#seen) return
    this.#seen = posted
    // the list grows while it is gone through: a port may bring a port
    for (const port of this.#ports) {
      for (;;) {
        const received = receiveMessageOnPort(port)
        if (!received) break
        this.take(received.message as Through | Port)
      }
    }
  }

  take(message: Through | Port): void {
    if ('port' in message) {
      this.#ports.push(message.port)
      return
    }
    const { slots, outcome, at, words } = message
    slots.forEach((slot, index) => {
      const word = words?.[index]
      if (word === undefined || isSameUse(word, this.#claims.word(slot)))
        this.#settle(slot, outcome, at)
    })
  }

  #settle(slot: number, outcome: Outcome, at: number): void {
    const pending = this.#pending[slot]
    if (!pending) return
    const { request, settle } = pending
    const state = stateOf(this.#claims.word(slot))
    this.#pending[slot] = undefined
    // the host may have given the number to a later request
    if (this.#byId.get(request.id) === slot) this.#byId.delete(request.id)
    this.#free.push(slot)
    this.#load[this.#table.lane[slot] as number]!--
    const won = state === Claim.walker || state === Claim.answered
    settle(won && typeof outcome !== 'string' ? outcome : undefined, at)
    if (won && this.#relays) this.#answer(request, outcome)
  }

  /** The lane of the job's process; a text of the system has its own. */
  #lane({ node }: Job): number {
    const key = node.pid || -1 - numberOf(node.row)
    const known = this.#lanes.get(key)
    if (known !== undefined) return known
    if (!this.#freeLanes.length) this.#sweep()
    const lane = this.#freeLanes.pop()
    if (lane === undefined) throw new Errno('EAGAIN')
    this.#lanes.set(key, lane)
    return lane
  }

  /** Forgets lanes that nobody is in; this thread alone can enter one. */
  #sweep(): void {
    for (const [key, lane] of this.#lanes) {
      if (Atomics.load(this.#table.waiting, lane) !== closed) continue
      this.#lanes.delete(key)
      this.#freeLanes.push(lane)
    }
  }

  #fill(slot: number, lane: number, job: Job, r: Request): void {
    const { node, caller, piece } = job
    const table = this.#table
    table.lane[slot] = lane
    this.#load[lane]!++
    // no longer `taken`, as its last use has left it
    table.next[slot] = none
    table.row[slot] = numberOf(node.row)
    table.pid[slot] = node.pid
    table.start[slot] = node.start
    table.tid[slot] = node.tid
    table.fd[slot] = node.fd ?? -1
    table.pieceAt[slot] = piece?.offset ?? 0n
    table.pieceSize[slot] = piece?.size ?? 0
    table.uid[slot] = caller.uid
    table.gid[slot] = caller.gid
    table.token[slot] = caller.token ?? -1
    table.id[slot] = r.id
    table.offset[slot] = r.offset
    table.size[slot] = r.size
    table.lines[slot] = Number(r.lines)
    table.noted[slot] = r.note?.length ?? 0
    if (r.note) table.notes.set(r.note, slot * noteSize)
    table.due[slot] = now() + this.#deadline
  }

  #enter(slot: number, lane: number): void {
    const { next, waiting } = this.#table
    for (;;) {
      const top = Atomics.load(waiting, lane)
      next[slot] = top === closed ? none : top
      if (Atomics.compareExchange(waiting, lane, top, slot) !== top) continue
      if (top === closed) this.#queue.push(lane)
      return
    }
  }
}
