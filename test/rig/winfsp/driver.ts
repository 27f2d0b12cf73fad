import { Channel, Gone, type Answer } from './channel.ts'

/** Bits of the token that a program opens files with. */
export const Token = {
  own: 0,
  noAdministrators: 1,
  noPrivileges: 2,
  /** No rights but everyone's. */
  restricted: 3,
  /** SeDebugPrivilege is enabled. */
  debug: 4,
  low: 8,
  null: 16,
  bogus: 32,
} as const

const verbs = {
  submit: 1,
  params: 2,
  stats: 3,
  violations: 4,
  stop: 5,
  gone: 6,
  set: 7,
  cancel: 8,
  handles: 9,
  cycle: 10,
} as const

const settings = {
  /** Milliseconds that a request waits before it is handed out. */
  delay: 0,
  /** 1: none is handed out. */
  hold: 1,
  /** Milliseconds after which the driver has nothing to hand out. */
  transactTimeout: 2,
  /** Milliseconds after which a request is not waited for any more. */
  irpTimeout: 3,
} as const

export interface Reply {
  /** NTSTATUS, unsigned; of the driver where `response` is empty. */
  readonly status: number
  readonly information: number
  /** The response as the file system gave it. */
  readonly response: Uint8Array
  /** What it wrote into the buffer, as much as it said. */
  readonly data: Uint8Array
}

export interface Caller {
  readonly pid?: number
  /** Bits of {@link Token}. */
  readonly token?: number
}

export interface SubmitOptions extends Caller {
  /** What the buffer of a Write holds. */
  readonly data?: Uint8Array
  /** The request has a token and a buffer of the driver's; else as it is. */
  readonly isEquipped?: boolean
  /** Cancels it, where it can be: a program that is interrupted. */
  readonly signal?: AbortSignal | undefined
}

export interface Stats {
  readonly state: 'new' | 'ready' | 'stopping' | 'ended'
  readonly mountPoint: string
  /** Of a network file system; '' for a disk. */
  readonly prefix: string
  readonly isNet: boolean
  /** Requests not handed out yet, and those that the file system has. */
  readonly queued: number
  readonly given: number
  /** Threads that are in FspFsctlTransact. */
  readonly looping: number
  /** Files that are open. */
  readonly handles: number
  /** Buffers and tokens that are lent. */
  readonly mapped: number
  readonly tokens: number
  readonly violations: number
  readonly transacts: number
  readonly timeouts: number
  readonly requests: number
  readonly responses: number
  readonly opened: number
  readonly closed: number
  readonly expired: number
  readonly cancelled: number
  readonly refused: number
  /** Requests that the file system had when the volume ended. */
  readonly abandoned: number
  readonly mostGiven: number
  readonly mostQueued: number
}

export interface CycleOptions extends Caller {
  readonly path: string
  readonly rounds: number
  readonly threads?: number
  /** Bytes of each Read. */
  readonly length?: number
  /** One Read, not until the end of the file. */
  readonly isOnce?: boolean
  readonly isReading?: boolean
}

export interface Cycles {
  readonly rounds: number
  readonly failed: number
  /** NTSTATUS of the first failure, as a signed number. */
  readonly status: number
  readonly bytes: number
  /** Microseconds: of all, then of a round. */
  readonly total: number
  readonly median: number
  readonly p99: number
  readonly most: number
}

const numbers = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, at) => bytes.writeUInt32LE(value >>> 0, 4 * at))
  return bytes
}

const replyOf = ({ status, body }: Answer): Reply => {
  const size = body.readUInt32LE(4)
  return {
    status,
    information: body.readUInt32LE(0),
    response: body.subarray(8, 8 + size),
    data: body.subarray(8 + size),
  }
}

/** Who brings requests to a file system. */
export interface Requester {
  submit(request: Uint8Array, options?: SubmitOptions): Promise<Reply>
  /** FSP_FSCTL_VOLUME_PARAMS */
  params(): Promise<Uint8Array>
}

/** Whoever is told to end may have ended before its answer is here. */
const ending = async (answer: Promise<unknown>): Promise<void> => {
  try {
    await answer
  } catch (error) {
    if (!(error instanceof Gone)) throw error
  }
}

/** The stand-in, by its control channel: as raw as the driver itself. */
export class Driver {
  readonly #channel: Channel

  private constructor(channel: Channel) {
    this.#channel = channel
  }

  static async connect(port: number): Promise<Driver> {
    return new Driver(await Channel.connect(port))
  }

  /** Submits a request; its number is for `cancel`. */
  send(
    request: Uint8Array,
    options: SubmitOptions = {},
  ): { readonly id: number; readonly reply: Promise<Reply> } {
    const { pid = 4, token = 0, data = new Uint8Array() } = options
    const equipped = options.isEquipped === false ? 0 : 3
    const { id, answer } = this.#channel.send(
      verbs.submit,
      numbers(pid, token, equipped, data.length),
      data,
      request,
    )
    return { id, reply: answer.then(replyOf) }
  }

  submit(request: Uint8Array, options?: SubmitOptions): Promise<Reply> {
    const { id, reply } = this.send(request, options)
    options?.signal?.addEventListener('abort', () =>
      this.cancel(id).catch(() => false),
    )
    return reply
  }

  /** Comes when the stand-in is gone, or `close` was called. */
  get closed(): Promise<void> {
    return this.#channel.closed
  }

  /** FSP_FSCTL_VOLUME_PARAMS as the file system gave them. */
  async params(): Promise<Uint8Array> {
    return (await this.#call(verbs.params)).body
  }

  async stats(): Promise<Stats> {
    return JSON.parse(await this.#text(verbs.stats)) as Stats
  }

  /** What the file system did wrong; `take` forgets it. */
  async violations(take = false): Promise<string[]> {
    const text = await this.#text(verbs.violations, numbers(take ? 1 : 0))
    return text.split('\n').slice(0, -1)
  }

  /** What is open: UserContext, UserContext2 in hex, and the path. */
  async handles(): Promise<(readonly [bigint, bigint, string])[]> {
    const lines = (await this.#text(verbs.handles)).split('\n').slice(0, -1)
    return lines.map(line => {
      const [one = '', two = '', ...path] = line.split(' ')
      return [BigInt(`0x${one}`), BigInt(`0x${two}`), path.join(' ')] as const
    })
  }

  /** Stops the volume from outside: FspFsctlTransact returns CANCELLED. */
  async stop(): Promise<void> {
    await ending(this.#call(verbs.stop))
  }

  /** The driver goes away: FspFsctlTransact returns this status. */
  async gone(status: number): Promise<void> {
    await ending(this.#call(verbs.gone, numbers(status)))
  }

  async set(which: keyof typeof settings, value: number): Promise<void> {
    await this.#call(verbs.set, numbers(settings[which], value))
  }

  /** Cancels a request; false where the file system has it already. */
  async cancel(id: number): Promise<boolean> {
    return (await this.#call(verbs.cancel, numbers(id))).status === 0
  }

  /** Opens, reads and closes, from threads within the driver. */
  async cycle(options: CycleOptions): Promise<Cycles> {
    const { pid = 4, token = 0, threads = 1, length = 65536 } = options
    const flags =
      (options.isOnce === true ? 1 : 0) | (options.isReading === false ? 2 : 0)
    const text = await this.#text(
      verbs.cycle,
      numbers(pid, token, options.rounds, threads, length, flags),
      Buffer.from(options.path, 'utf16le'),
    )
    return JSON.parse(text) as Cycles
  }

  close(): void {
    this.#channel.close()
  }

  #call(verb: number, ...body: readonly Uint8Array[]): Promise<Answer> {
    return this.#channel.send(verb, ...body).answer
  }

  async #text(verb: number, ...body: readonly Uint8Array[]): Promise<string> {
    return (await this.#call(verb, ...body)).body.toString('utf8')
  }
}
