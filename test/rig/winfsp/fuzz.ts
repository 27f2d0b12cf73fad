/** Requests that a driver should not send, before a whole session. */
import { Requests } from '../../../fs/winfsp/codec/request.ts'
import { faultOf } from '../winfsp-fuzz.ts'
import { randomOf } from '../random.ts'
import { Kind, Rsp, viewOf, type KindName } from './abi.ts'
import type { Reply } from './driver.ts'
import { Model, tokens } from './model.ts'
import {
  create,
  fileSystemControl,
  ofHandle,
  queryDirectory,
  read,
  setInformation,
  type Contexts,
} from './requests.ts'

const names = [
  'proc',
  'PROC',
  '10',
  '20',
  '99',
  'self',
  'mounts',
  'maps',
  'environ',
  'cmdline',
  'comm',
  'task',
  '11',
  'exe',
  'cwd',
  'root',
  'x'.repeat(300),
  '..',
  '\ud800',
]

/** Bytes that are likely to hit a bound. */
const edges = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff]

const good = [
  '\\proc',
  '\\proc\\10',
  '\\proc\\10\\environ',
  '\\PROC\\self\\cmdline',
  '\\proc\\10\\task\\11\\maps',
  '\\proc\\20\\maps',
  '\\proc\\10\\cwd',
  '\\proc\\10\\root\\x',
  '\\proc\\20\\comm',
]

const handled = [
  ...(Object.keys(Kind) as KindName[]),
  ...Array.from(
    { length: 8 },
    () => ['Create', 'Read', 'QueryDirectory'] as const,
  ).flat(),
]

export interface Counts {
  requests: number
  /** Answered with success, or refused. */
  done: number
  refused: number
  /** Answered by another thread, as it would be. */
  late: number
  /** Too short to tell whom to answer. */
  silent: number
}

/** A session that is asked all kinds of things; a fault throws. */
export class SessionFuzzer {
  readonly #random: (bound: number) => number
  readonly #model: Model
  readonly #open: Contexts[] = []
  #count = 0

  constructor(seed: number) {
    this.#random = randomOf(seed)
    this.#model = new Model({
      isLate: true,
      facts: {
        version: 'Linux version 1',
        processes: [
          {
            pid: 10,
            threads: [{ tid: 10 }, { tid: 11 }],
            comm: 'ten',
            environ: () => 'e'.repeat(this.#random(9000)),
            cmdline: () => 'c'.repeat(this.#random(3)),
            exe: 'C:\\Windows\\ten.exe',
            cwd: () => this.#text(200),
            root: () => this.#text(9000),
          },
          { pid: 20, comm: 'twenty', exe: '\\Device\\x', cwd: 'C:\\' },
        ],
      },
    })
  }

  async run(count: number): Promise<Counts> {
    const counts = { requests: count, done: 0, refused: 0, late: 0, silent: 0 }
    for (let round = 0; round < count; round++) await this.#one(counts)
    while (this.#model.waiting.length) this.#model.finish()
    for (const contexts of this.#open)
      await this.#model.submit(ofHandle('Close', contexts))
    const { faults, lines, given, kept } = this.#model
    const { files, directories } = this.#model.session.held
    const left = [given, kept.size, files, directories]
    if (faults.length + lines.length > 0 || left.some(Boolean))
      throw new Error([...faults, ...lines, `left: ${left}`].join('; '))
    return counts
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random(from.length)] as T
  }

  #text(longest: number): string {
    const length = this.#random(longest)
    const unit = String.fromCharCode(this.#random(0x1_0000))
    return this.#pick([
      unit.repeat(length),
      `C:\\${unit}`,
      `\\\\server\\${unit}`,
      'C:\\x',
    ])
  }

  #path(): string {
    if (this.#random(3)) return this.#pick(good)
    const depth = this.#random(5)
    return `\\${Array.from({ length: depth }, (_, at) =>
      at === 0 && this.#random(4) ? 'proc' : this.#pick(names),
    ).join('\\')}`
  }

  #made(): Uint8Array {
    const random = this.#random
    const of = this.#open.length && random(8) ? this.#pick(this.#open) : none
    const kind = this.#pick(handled)
    switch (kind) {
      case 'Create':
        return create(this.#path(), {
          access: this.#pick([0x120089, 0x2000000, 0x1, 0x80, 1 << random(32)]),
          options: this.#pick([0, 0x20, 0, 0x20, 0x1, 0x40, 0x200000, 0x1000]),
          disposition: random(4) ? 1 : random(8),
        })
      case 'Read':
        return read(of, this.#pick([0, 0, 4096, random(9000)]), random(9000))
      case 'QueryDirectory':
        return queryDirectory(of, {
          length: this.#pick([300, 4096, 65536, random(500)]),
          pattern: random(3) ? undefined : this.#pick(names),
          isName: random(3) === 0,
          marker: random(2) ? undefined : BigInt(random(50)),
        })
      case 'FileSystemControl':
        return fileSystemControl(of, this.#path(), 0x900a8)
      case 'SetInformation':
        return setInformation(of, random(70))
      default:
        return ofHandle(kind, of)
    }
  }

  #mutated(): Uint8Array {
    const random = this.#random
    const bytes = this.#made()
    if (random(2)) return bytes
    for (let change = random(4); change > 0; change--)
      bytes[random(bytes.length)] = this.#pick([...edges, random(256)])
    return random(8) ? bytes : bytes.slice(0, random(bytes.length + 1))
  }

  async #one(counts: Counts): Promise<void> {
    const model = this.#model
    const random = this.#random
    if (random(50) === 0) model.clock += 1500
    if (random(200) === 0) this.#other()
    const request = this.#mutated()
    const requests = new Requests(request.slice())
    requests.load(request.length)
    const asked = requests.next()
    if (!asked) {
      counts.silent++
      return
    }
    const box: { reply?: Reply } = {}
    const number = ++this.#count
    const answered = model
      .submit(request, {
        pid: this.#pick([0, 10, 20, 99]),
        token: random(8) ? tokens.all : this.#pick([0, 2, 3]),
      })
      .then(reply => (box.reply = reply))
    await Promise.resolve()
    if (!box.reply) counts.late++
    while (!box.reply && model.waiting.length) {
      const forced = random(6) ? undefined : ('ETIMEDOUT' as const)
      model.finish(forced)
      await Promise.resolve()
      await Promise.resolve()
    }
    if (!box.reply) throw new Error(`request ${number}: not answered`)
    this.#check(asked.kind, request, await answered)
    if (box.reply.status) counts.refused++
    else counts.done++
  }

  /** A process ends, and another has its pid. */
  #other(): void {
    const { machine } = this.#model
    machine.end(20)
    if (this.#random(2))
      machine.begin({ pid: 20, start: BigInt(this.#count), comm: 'other' })
  }

  #check(kind: string, request: Uint8Array, { response, status }: Reply): void {
    // the driver fills the Hint in
    viewOf(request).setBigUint64(
      8,
      viewOf(response).getBigUint64(8, true),
      true,
    )
    const whole = new Requests(request)
    whole.load(request.length)
    const asked = whole.next()
    const fault = asked && faultOf(response, asked)
    if (fault) throw new Error(`${kind}: ${fault}`)
    if (kind !== 'Create' || status !== 0) return
    const { UserContext, UserContext2, GrantedAccess } = Rsp.view(
      viewOf(response),
    )
    if (GrantedAccess & ~0x1200a9) throw new Error(`granted ${GrantedAccess}`)
    this.#open.push({ UserContext, UserContext2 })
    if (this.#open.length < 50) return
    const [first] = this.#open.splice(0, 1)
    void this.#model.submit(ofHandle('Close', first as Contexts))
  }
}

const none = { UserContext: 0n, UserContext2: 0n }
