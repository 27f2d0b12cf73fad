/** Requests that the kernel should not send, before a whole session of FUSE. */
import { Filesystem } from '../../fs/filesystem.ts'
import { Session } from '../../fs/fuse/session.ts'
import type { Renderer, Request, Settle } from '../../fs/openfile.ts'
import { render, type Job } from '../../fs/render.ts'
import { codeOf } from '../../provider/errno.ts'
import { system } from '../fixtures/provider.ts'
import type { Row, Tell } from '../fuzz/fuzzer.ts'
import { askedAt, fuseFaultOf, Op, toldAt, unanswered } from './fusefault.ts'
import { goldenBytes, goldenNames } from './golden.ts'

type Random = (bound: number) => number

const samples = goldenNames
  .filter(name => /^[A-Z]/.test(name))
  .map(name => Buffer.from(goldenBytes(name)))

const names = [
  'x'.repeat(300),
  'a/b',
  '\u{1f600}',
  ...'proc 10 20 99 self mounts maps environ comm task 11 cwd root exe'.split(
    ' ',
  ),
  ...'cmdline stat .. . -1 4294967296 mem fd fdinfo 0 7'.split(' '),
]

/** Where a session begins: more is found by who asks. */
const paths = [
  ['proc', '10', 'environ'],
  ['proc', '10', 'cwd'],
  ['proc', '10', 'mem'],
  ['proc', '10', 'fdinfo', '7'],
  ['proc', '10', 'fd', '0'],
  ['proc', '10', 'task', '11', 'maps'],
  ['proc', '20', 'comm'],
  ['proc', 'self'],
]

/** Bytes that are likely to hit a bound. */
const edges = [0, 1, 2, 7, 8, 0x7f, 0x80, 0xfe, 0xff]

/** Where reads begin, and where nothing that is read can be. */
const offsets = (random: Random): bigint[] => [
  BigInt(random(5000)),
  BigInt(random(5000)),
  2n ** 53n + 1n,
  2n ** 63n,
  2n ** 64n - BigInt(1 + random(100)),
]

/** What is asked for, and of about thirty requests how often. */
const asked = (
  [
    [4, Op.LOOKUP],
    [1, Op.GETATTR],
    [1, Op.READLINK],
    [3, Op.OPEN],
    [6, Op.READ],
    [2, Op.OPENDIR],
    [2, Op.READDIR],
    [2, Op.READDIRPLUS],
    [1, Op.RELEASE],
    [1, Op.RELEASEDIR],
    [1, Op.FORGET],
    [1, Op.ACCESS],
    [1, Op.LISTXATTR],
    [2, Op.INTERRUPT],
    [1, Op.STATFS],
    [1, Op.SETATTR],
    [1, Op.FLUSH],
    [1, Op.INIT],
  ] as const
).flatMap(([length, op]) => Array.from({ length }, () => op))

/** What a handle is given back by. */
const releases: Readonly<Record<number, number>> = {
  [Op.OPEN]: Op.RELEASE,
  [Op.OPENDIR]: Op.RELEASEDIR,
}

interface Waiting {
  readonly job: Job
  readonly request: Request
  readonly settle: Settle
}

const view = { dialect: 'linux', paths: 'mixed' } as const

/** What nobody foresaw: it is answered, and told in the log. */
const surprise = 'surprise'

export class FuseFuzzer implements Row {
  readonly #random: Random
  readonly #tell: Tell
  readonly #machine: ReturnType<typeof system>
  readonly #session: Session
  readonly #lines: string[] = []
  #waiting: Waiting[] = []
  /** Lookups that each node has been told with, to be given back. */
  readonly #nodes = new Map<bigint, bigint>()
  readonly #handles: [number, bigint][] = []
  #unique = 0n

  constructor(random: Random, tell: Tell) {
    this.#random = random
    this.#tell = tell
    const machine = system({
      version: 'Linux 1',
      processes: [
        {
          pid: 10,
          threads: [{ tid: 10 }, { tid: 11 }],
          comm: 'ten',
          environ: () => 'e'.repeat(random(random(50) ? 9000 : 1 << 21)),
          cwd: () => 'c'.repeat(random(6000)),
          root: '/',
          memory: [{ at: 0, bytes: new Uint8Array(5000) }],
          files: new Map([
            [0, { target: '/', access: 1 }],
            [7, { target: 'x', access: 2, info: 'pos:\t0\n' }],
          ]),
          exe: () => `/${String.fromCharCode(random(0x1_0000))}`,
        },
        {
          pid: 20,
          comm: () => {
            if (random(20) === 0) throw new TypeError(surprise)
            return 'twenty'
          },
        },
        ...Array.from({ length: 40 }, (_, at) => ({ pid: 100 + at })),
      ],
    })
    const renderer: Renderer = {
      render: (job, request, settle) => {
        if (job.node.row.where === 'inline' || random(2))
          return render(machine, view, job)
        this.#waiting.push({ job, request, settle })
        return undefined
      },
      cancel: id => {
        const before = this.#waiting.length
        this.#waiting = this.#waiting.filter(({ request }) => request.id !== id)
        return this.#waiting.length < before
      },
    }
    this.#machine = machine
    this.#session = new Session(new Filesystem(machine, renderer), {}, line =>
      this.#lines.push(line),
    )
    for (const path of paths) this.#walk(path)
  }

  /** What a path leads to is known, and open if it is a text. */
  #walk(path: readonly string[]): void {
    let node = 1n
    for (const name of path)
      node =
        this.#ask(this.#lookup(node, `${name}\0`))?.readBigUInt64LE(toldAt) ??
        1n
    this.#ask(this.#made(Op.OPEN, node))
  }

  next(): number {
    const random = this.#random
    if (random(200) === 0) this.#machine.end(20)
    const request = this.#mutated()
    const reply = this.#ask(request)
    while (this.#waiting.length > (random(3) ? 0 : 8)) this.#finish()
    const line = this.#lines.find(
      each => each !== `request: TypeError: ${surprise}`,
    )
    if (line !== undefined) throw new Error(line)
    this.#tell(
      !reply ? 'silent' : reply.readInt32LE(4) === 0 ? 'done' : 'refused',
    )
    return request.length
  }

  end(): void {
    while (this.#waiting.length > 0) this.#finish()
    for (const [op, fh] of this.#handles) this.#ask(this.#made(op, 1n, fh))
    for (const [node, count] of this.#nodes)
      this.#ask(this.#made(Op.FORGET, node, count))
    const { nodes, files, directories } = this.#session.held
    if (nodes + files + directories > 0)
      throw new Error(`left: ${nodes}, ${files}, ${directories}`)
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random(from.length)] as T
  }

  /** A text is made, or is not to be had; its reader is answered elsewhere. */
  #finish(): void {
    const [waiting] = this.#waiting.splice(
      this.#random(this.#waiting.length),
      1,
    )
    const { job, settle } = waiting as Waiting
    try {
      settle(render(this.#machine, view, job), 0)
    } catch (thrown) {
      if (codeOf(thrown) === undefined) throw thrown
      settle(undefined, 0)
    }
    this.#tell('late')
  }

  /** Numbers at the start of what is asked; eight bytes each. */
  #made(op: number, node: bigint, ...numbers: readonly bigint[]): Buffer {
    const bytes = Buffer.alloc(askedAt + 88)
    bytes.writeUInt32LE(bytes.length, 0)
    bytes.writeUInt32LE(op, 4)
    bytes.writeBigUInt64LE((this.#unique += 2n), 8)
    bytes.writeBigUInt64LE(node, 16)
    numbers.forEach((number, at) =>
      bytes.writeBigUInt64LE(number, askedAt + 8 * at),
    )
    return bytes
  }

  #lookup(node: bigint, name: string): Buffer {
    const head = this.#made(Op.LOOKUP, node).subarray(0, askedAt)
    const request = Buffer.concat([head, Buffer.from(name)])
    request.writeUInt32LE(request.length, 0)
    return request
  }

  /** More often than not one that such a request makes sense of. */
  #handleFor(op: number): bigint {
    const release = op === Op.READ ? Op.RELEASE : Op.RELEASEDIR
    const fit = this.#handles.filter(([by]) => by === release)
    const from = fit.length > 0 && this.#random(4) ? fit : this.#handles
    return from.length > 0 ? this.#pick(from)[1] : 1n
  }

  #request(): Buffer {
    const random = this.#random
    if (random(8) === 0) return Buffer.from(this.#pick(samples))
    const op = this.#pick(asked)
    const node = this.#pick([1n, ...this.#nodes.keys()])
    const fh = this.#handleFor(op)
    const size = BigInt(this.#pick([0, 24, 200, 4096, random(9000), 1 << 21]))
    const offset = random(3) ? 0n : this.#pick(offsets(random))
    const bytes = this.#made(op, node, fh, offset, size)
    if (op === Op.LOOKUP) {
      const end = random(20) ? '\0' : ''
      return this.#lookup(node, `${this.#pick(names)}${end}`)
    }
    const wanted = this.#pick([0, 0, 0, 1, 2, 4, 0o1000, 0o200000])
    if (op === Op.OPEN || op === Op.OPENDIR || op === Op.ACCESS)
      bytes.writeUInt32LE(wanted, askedAt)
    else if (op === Op.FORGET) bytes.writeBigUInt64LE(1n, askedAt)
    else if (op === Op.LISTXATTR) bytes.writeUInt32LE(random(200), askedAt)
    else if (op === Op.INTERRUPT)
      bytes.writeBigUInt64LE(
        BigInt.asUintN(64, this.#unique - BigInt(2 * random(8))),
        askedAt,
      )
    else if (op === Op.INIT) bytes.set([7, 0, 0, 0, random(60)], askedAt)
    bytes.writeUInt32LE(this.#pick([0, 0, 1000]), 24)
    bytes.writeUInt32LE(this.#pick([10, 11, 0, 99]), 32)
    return bytes
  }

  #mutated(): Buffer {
    const random = this.#random
    const bytes = this.#request()
    if (random(2)) return bytes
    for (let change = random(4); change > 0; change--)
      bytes[random(bytes.length)] = this.#pick([...edges, random(256)])
    if (random(8)) return bytes
    const cut = bytes.subarray(0, random(bytes.length + 1))
    // half of what was cut tells so
    if (cut.length >= 4 && random(2)) cut.writeUInt32LE(cut.length, 0)
    return cut
  }

  #ask(request: Buffer): Buffer | undefined {
    const session = this.#session
    const waited = this.#waiting.length
    session.input.set(request)
    // what earlier requests left would seldom go on where this one is cut
    session.input.fill(0, request.length, request.length + 64)
    const length = session.handle(request.length)
    const isLate = this.#waiting.length > waited
    if (length === 0) {
      const op = request.length < askedAt ? undefined : request.readUInt32LE(4)
      if (op === undefined || isLate || unanswered.has(op)) return undefined
      throw new Error(`operation ${op}: not answered`)
    }
    if (isLate) throw new Error('answered now, and later once more')
    if (request.length < askedAt) throw new Error('an answer to nobody')
    const reply = Buffer.from(session.output.subarray(0, length))
    const fault = fuseFaultOf(reply, request)
    if (fault) throw new Error(`operation ${request.readUInt32LE(4)}: ${fault}`)
    if (reply.readInt32LE(4) === 0)
      this.#keep(request.readUInt32LE(4), reply.subarray(toldAt))
    return reply
  }

  /** What the kernel holds from now on. */
  #keep(op: number, body: Buffer): void {
    const release = releases[op]
    if (release) this.#handles.push([release, body.readBigUInt64LE(0)])
    if (op === Op.LOOKUP) this.#hold(body.readBigUInt64LE(0))
    if (op !== Op.READDIRPLUS) return
    for (let at = 0; at < body.length;) {
      const node = body.readBigUInt64LE(at)
      if (node !== 0n) this.#hold(node)
      at = (at + 152 + body.readUInt32LE(at + 144) + 7) & ~7
    }
  }

  #hold(node: bigint): void {
    this.#nodes.set(node, (this.#nodes.get(node) ?? 0n) + 1n)
  }
}
