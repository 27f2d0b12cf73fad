/**
 * The driver's side of a session, in one thread: requests come as bytes, with
 * Hints that are used again, and buffers that are there until the answer.
 */
import { Filesystem } from '../../../fs/filesystem.ts'
import type { Outcome } from '../../../fs/host.ts'
import type { Renderer, Request, Settle } from '../../../fs/openfile.ts'
import { render, type Job } from '../../../fs/render.ts'
import { textFlags, volumeParams } from '../../../fs/winfsp/codec/volume.ts'
import {
  readableBy,
  everyone,
  system as localSystem,
} from '../../../fs/winfsp/descriptor.ts'
import { Late } from '../../../fs/winfsp/late.ts'
import { Session } from '../../../fs/winfsp/session.ts'
import { codeOf } from '../../../provider/errno.ts'
import type { Right } from '../../../provider/contract.ts'
import { system as systemOf, type Fixture } from '../../fixtures/provider.ts'
import type { SystemFacts } from '../../fixtures/facts.ts'
import { Drive } from './client.ts'
import { Kind, reqBuffer, viewOf } from './abi.ts'
import type { Caller, Reply } from './driver.ts'
import { unwritten } from './rules.ts'

const view = { dialect: 'linux', paths: 'mixed' } as const

/** Tokens by number: who has all rights, none, or may not even open. */
export const tokens = { all: 1, none: 2, barred: 3 } as const

export interface Options {
  readonly facts: SystemFacts
  readonly size?: 'exact' | 'zero'
  /** Whether texts of walkers are made by `finish` alone. */
  readonly isLate?: boolean
}

interface Pending {
  readonly hint: bigint
  readonly buffer: Uint8Array
  readonly resolve: (reply: Reply) => void
}

interface Waiting {
  readonly job: Job
  readonly request: Request
  readonly settle: Settle
}

/** Addresses of buffers, as far apart as a buffer may be long. */
const base = 0x10_0000_0000n
const stride = 0x1000_0000n

/** Bytes of a buffer: more than any text or listing here. */
const mostBuffer = 1 << 17

const withBuffer: ReadonlySet<number> = new Set([
  Kind.Read,
  Kind.QueryDirectory,
])

export class Model {
  readonly machine: Fixture
  readonly session: Session
  /** Milliseconds that have passed. */
  clock = 5000
  /** Tokens that the session keeps. */
  readonly kept = new Map<number, number>()
  readonly lines: string[] = []
  readonly waiting: Waiting[] = []
  /** What the session did that no driver would bear. */
  readonly faults: string[] = []
  #keptCount = 100
  readonly #pending = new Map<bigint, Pending>()
  readonly #buffers = new Map<bigint, Uint8Array>()
  readonly #late: Late
  readonly #lateBytes = new Uint8Array(16_384)
  /** The right that a token is refused from now on. */
  denied: Right | undefined

  constructor({ facts, size = 'exact', isLate = false }: Options) {
    const machine = systemOf(facts)
    this.machine = machine
    const process: Fixture['process'] = (pid, start) => {
      const found = machine.process(pid, start)
      return {
        ...found,
        may: ({ token = 0 }, right) =>
          right === 'none' ||
          (this.denied !== right &&
            (this.kept.get(token) ?? token) === tokens.all),
      }
    }
    const guarded = { ...machine, process, pids: () => machine.pids() }
    const renderer: Renderer = {
      render: (job, request, settle) => {
        if (!isLate || job.node.row.where === 'inline')
          return render(guarded, view, job)
        this.waiting.push({ job, request, settle })
        return undefined
      },
      cancel: () => false,
    }
    const write = (address: bigint, bytes: Uint8Array): void => {
      const buffer = this.#buffers.get(address)
      if (!buffer) this.faults.push(`no buffer at ${address}`)
      else if (buffer.length < bytes.length) this.faults.push('a long write')
      else buffer.set(bytes)
    }
    this.session = new Session(
      new Filesystem(guarded, renderer, view.paths),
      {
        write,
        admits: token => token !== tokens.barred,
        keep: token => {
          if (token === 0) return 0
          this.kept.set(++this.#keptCount, token)
          return this.#keptCount
        },
        drop: token => {
          if (token && !this.kept.delete(token)) this.faults.push('no token')
        },
        now: () => this.clock,
        time: () => 1.7e12 + this.clock,
        descriptor: readableBy(localSystem, [everyone]),
      },
      { size },
      line => this.lines.push(line),
    )
    this.#render = job => render(guarded, view, job)
    this.#late = new Late(this.#lateBytes, write)
  }

  readonly #render: (job: Job) => Uint8Array

  drive(): Promise<Drive> {
    return Drive.on(this)
  }

  params(): Promise<Uint8Array> {
    return Promise.resolve(
      volumeParams({
        flags: textFlags,
        name: 'test',
        serial: 1,
        created: 0n,
        fileInfoTimeout: 0,
        irpTimeout: 60_000,
        irpCapacity: 100,
      }),
    )
  }

  /** Requests that the session has and has not answered. */
  get given(): number {
    return this.#pending.size
  }

  /** The first Hint that is free. */
  #hint(): bigint {
    for (let hint = 0x1000n; ; hint += 0x100n)
      if (!this.#pending.has(hint)) return hint
  }

  submit(
    request: Uint8Array,
    { pid = 10, token = tokens.all }: Caller = {},
  ): Promise<Reply> {
    const bytes = request.slice()
    const data = viewOf(bytes)
    const kind = data.getUint32(4, true)
    const hint = this.#hint()
    const address = base + stride * (hint >> 8n)
    data.setBigUint64(8, hint, true)
    let length = 0
    // what is cut has no room for more
    if (bytes.length < reqBuffer) {
      length = 0
    } else if (kind === Kind.Create) {
      data.setUint32(40, token, true)
      data.setUint32(44, pid, true)
    } else if (withBuffer.has(kind)) {
      data.setBigUint64(32, address, true)
      length = data.getUint32(kind === Kind.Read ? 48 : 40, true)
    }
    // the driver has no more for one, and what is told is never so long
    const buffer = new Uint8Array(Math.min(length, mostBuffer)).fill(unwritten)
    this.#buffers.set(address, buffer)
    return new Promise(resolve => {
      this.#pending.set(hint, { hint, buffer, resolve })
      this.session.input.set(bytes)
      const size = this.session.handle(bytes.length)
      if (size) this.#answered(this.session.output.slice(0, size))
    })
  }

  #answered(response: Uint8Array): void {
    const data = viewOf(response)
    const hint = data.getBigUint64(8, true)
    const pending = this.#pending.get(hint)
    if (!pending) {
      this.faults.push(`nobody waits for ${hint}`)
      return
    }
    this.#pending.delete(hint)
    this.#buffers.delete(base + stride * (hint >> 8n))
    const status = data.getUint32(20, true)
    const information = data.getUint32(16, true)
    pending.resolve({
      status,
      information,
      response,
      data: pending.buffer.slice(0, status === 0 ? information : 0),
    })
  }

  /** What a walker does with a text that waits; or the watchdog. */
  finish(forced?: Outcome, at = 0): void {
    const [waiting] = this.waiting.splice(at, 1)
    if (!waiting) throw new Error('nothing waits')
    const { job, request, settle } = waiting
    const outcome = forced ?? this.#outcome(job)
    const size = this.#late.answer(request, outcome)
    this.#answered(this.#lateBytes.slice(0, size))
    settle(typeof outcome === 'string' ? undefined : outcome, this.clock)
  }

  #outcome(job: Job): Outcome {
    try {
      return this.#render(job)
    } catch (error) {
      const code = codeOf(error)
      if (code === undefined) throw error
      return code
    }
  }
}
