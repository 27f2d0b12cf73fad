/** Requests that a driver should not send, before a whole session. */
import type { Row, Tell } from '../../fuzz/fuzzer.ts'
import { Kind, Rsp, Status, viewOf, type KindName } from './abi.ts'
import type { Reply } from './driver.ts'
import { faultOf } from './fault.ts'
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
import { contextsOf, infoAt, infoOf } from './responses.ts'
import { ruleOf } from './rules.ts'

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

/** Where no link may lead. */
const dubious = [
  'C:\\..\\x',
  'C:\\x\\..',
  'C:\\x\\.\\y',
  'C:\\x:stream',
  'C:\\*',
  'C:x',
  'C:\\x/y',
  '\\??\\C:\\x',
  '\\\\.\\PhysicalDrive0',
  '..\\..\\x',
  'self/../x',
]

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

/** Less than this does not say whom to answer. */
const headSize = 16

const unforeseen = (line: string): boolean =>
  line !== `request: TypeError: ${surprise}`

/** What a handle is of, as its Create was told, and whether data were granted. */
type Given = 'text' | 'untold text' | 'directory' | 'link'

const givenOf = (response: Uint8Array): Given => {
  const { attributes } = infoOf(response, infoAt.create)
  if (attributes & 0x400) return 'link'
  if (attributes & 0x10) return 'directory'
  const { GrantedAccess } = Rsp.view(viewOf(response))
  return GrantedAccess & 0x21 ? 'text' : 'untold text'
}

const contextOf = (request: Uint8Array): bigint =>
  request.length < 32 ? 0n : viewOf(request).getBigUint64(24, true)

/** What must have been given for a success. */
const needs: Readonly<Record<number, readonly Given[]>> = {
  [Kind.Read]: ['text'],
  [Kind.QueryDirectory]: ['directory'],
  [Kind.FileSystemControl]: ['link'],
  [Kind.QueryInformation]: ['text', 'untold text', 'directory', 'link'],
  [Kind.QuerySecurity]: ['text', 'untold text', 'directory', 'link'],
}

const handleFault = (kind: number, given: Given | undefined): string => {
  const needed = needs[kind]
  return needed === undefined || (given && needed.includes(given))
    ? ''
    : `done with ${given ?? 'no handle'}`
}

/** All that was answered has been heard of. */
const soon = async (): Promise<void> => {
  for (let each = 0; each < 4; each++) await Promise.resolve()
}

const times = (length: number, item: KindName): KindName[] =>
  Array.from({ length }, () => item)

/** Each kind, and more often what most is done for. */
const handled: readonly KindName[] = [
  ...(Object.keys(Kind) as KindName[]),
  ...times(20, 'Create'),
  ...times(24, 'Read'),
  ...times(10, 'QueryDirectory'),
  ...times(4, 'FileSystemControl'),
]

/** What nobody foresaw: it is answered, and told in the log. */
const surprise = 'surprise'

/** Requests that are under way at most. */
const most = 8

/**
 * A session that is asked all kinds of things, several of them at a time; a
 * fault throws, at the latest when all are done.
 */
export class SessionFuzzer implements Row {
  readonly #random: (bound: number) => number
  readonly #tell: Tell
  readonly #model: Model
  readonly #open: Contexts[] = []
  /** What each handle that was given is of, until it is closed. */
  readonly #given = new Map<bigint, Given>()
  readonly #faults: string[] = []
  #count = 0

  constructor(random: (bound: number) => number, tell: Tell) {
    this.#random = random
    this.#tell = tell
    this.#model = new Model({
      isLate: true,
      size: random(4) ? 'exact' : 'zero',
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
          {
            pid: 20,
            comm: () => {
              if (this.#random(20) === 0) throw new TypeError(surprise)
              return 'twenty'
            },
            exe: '\\Device\\x',
            cwd: 'C:\\',
          },
        ],
      },
    })
  }

  /** Everything is answered, and nothing is left, once all is closed. */
  async end(): Promise<void> {
    const { waiting, session, faults, lines, kept } = this.#model
    while (waiting.length > 0) this.#model.finish()
    await soon()
    for (const contexts of this.#open)
      await this.#model.submit(ofHandle('Close', contexts))
    // what was opened in the end, too
    await soon()
    const { files, directories } = session.held
    const left = [this.#model.given, kept.size, files, directories]
    this.#throw(
      ...lines.filter(unforeseen),
      ...faults,
      ...(left.some(Boolean) ? [`left: ${left.join()}`] : []),
    )
  }

  #throw(...more: readonly string[]): void {
    const all = [...this.#faults, ...more]
    if (all.length > 0) throw new Error(all.join('; '))
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
      'C:\\Windows\\notepad.exe',
      ...dubious,
    ])
  }

  #path(): string {
    if (this.#random(3)) return this.#pick(good)
    const depth = this.#random(5)
    return `\\${Array.from({ length: depth }, (_, at) =>
      at === 0 && this.#random(4) ? 'proc' : this.#pick(names),
    ).join('\\')}`
  }

  /** More often than not one that such a request makes sense of. */
  #handleFor(kind: KindName): Contexts {
    if (this.#open.length === 0 || this.#random(8) === 0) return none
    let of = none
    for (let tries = 5; tries > 0; tries--) {
      of = this.#pick(this.#open)
      if (handleFault(Kind[kind], this.#given.get(of.UserContext2)) === '')
        break
    }
    return of
  }

  #made(): Uint8Array {
    const random = this.#random
    const kind = this.#pick(handled)
    const of = this.#handleFor(kind)
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

  async next(): Promise<number> {
    const model = this.#model
    const random = this.#random
    const number = this.#count++
    if (random(50) === 0) model.clock += 1500
    if (random(200) === 0) this.#other()
    const request = this.#mutated()
    if (request.length < headSize) {
      // whom to answer is not known, and the driver sends no such thing
      this.#tell('too short to answer')
      model.session.input.set(request)
      if (model.session.handle(request.length) !== 0)
        throw new Error('an answer to nobody')
      return request.length
    }
    const given = this.#given.get(contextOf(request))
    let isAnswered = false
    const answered = (reply: Reply): void => {
      isAnswered = true
      this.#check(number, request, reply, given)
    }
    void model
      .submit(request, {
        pid: this.#pick([0, 10, 20, 99]),
        token: random(8) ? tokens.all : this.#pick([0, 2, 3]),
      })
      .then(answered)
    await soon()
    if (!isAnswered) this.#tell('late')
    while (model.waiting.length > (random(3) ? 0 : most)) {
      const forced = random(6) ? undefined : ('ETIMEDOUT' as const)
      model.finish(forced, random(model.waiting.length))
    }
    await soon()
    if (model.given > model.waiting.length)
      throw new Error(`${viewOf(request).getUint32(4, true)}: not answered`)
    this.#throw(...model.lines.filter(unforeseen), ...model.faults)
    return request.length
  }

  /** A process ends, and another has its pid. */
  #other(): void {
    const { machine } = this.#model
    machine.end(20)
    if (this.#random(2))
      machine.begin({ pid: 20, start: BigInt(this.#count), comm: 'other' })
  }

  #check(
    number: number,
    request: Uint8Array,
    reply: Reply,
    given: Given | undefined,
  ): void {
    const { response, status } = reply
    // the driver fills the Hint in
    const hint = viewOf(response).getBigUint64(8, true)
    viewOf(request).setBigUint64(8, hint, true)
    const kind = viewOf(request).getUint32(4, true)
    const fault =
      faultOf(response, request) ||
      ruleOf(reply, request) ||
      (status === Status.success ? handleFault(kind, given) : '')
    if (fault) this.#faults.push(`input ${number} of kind ${kind}: ${fault}`)
    this.#tell(status === Status.success ? 'done' : 'refused')
    if (status !== Status.success) return
    if (kind === Kind.Close) this.#given.delete(contextOf(request))
    if (kind !== Kind.Create) return
    const contexts = contextsOf(reply)
    this.#open.push(contexts)
    this.#given.set(contexts.UserContext2, givenOf(response))
    if (this.#open.length < 50) return
    const [first] = this.#open.splice(0, 1) as [Contexts]
    this.#given.delete(first.UserContext2)
    void this.#model.submit(ofHandle('Close', first))
  }
}

const none = { UserContext: 0n, UserContext2: 0n }
