import type { Layout, View } from '../../../provider/nt/layout.ts'
import { Status } from '../status.ts'
import { InformationClass } from './flags.ts'
import { Kind, type KindName } from './kinds.ts'
import { aligned } from './limits.ts'
import { offsetOf, sizeOf } from './part.ts'
import {
  bodies,
  headSize,
  parts,
  type Bodies,
  type PartOf,
  type Shape,
} from './requests.ts'
import { Head } from './structures.ts'
import { getText } from './utf16.ts'

/** What a response needs to know of its request. */
export interface To {
  /** The request's Kind. */
  readonly number: number
  readonly hint: bigint
}

type BodyOf<N extends KindName> =
  Bodies[N] extends Layout<infer F> ? View<F> : never

/** A request of one kind whose BUFs lie inside it and hold what they should. */
export interface Asked<N extends KindName> extends To {
  readonly kind: N
  /** Its fields; of BUFs, take the contents by `text` and `bytes`. */
  readonly body: BodyOf<N>
  /** A text, without its NUL; empty if there is none. */
  text(part: PartOf<N, 'path' | 'text'>): string
  /** Bytes of the request itself, not copied; none if there are none. */
  bytes(part: PartOf<N, 'bytes'>): Uint8Array
}

/** A request that makes no sense; its answer is `status`. */
export interface Malformed extends To {
  readonly kind: 'Malformed'
  /** STATUS_INVALID_DEVICE_REQUEST for kinds unknown, else _PARAMETER. */
  readonly status: number
}

export type Request =
  { readonly [N in KindName]: Asked<N> }[KindName] | Malformed

const renames: ReadonlySet<number> = new Set([
  InformationClass.Rename,
  InformationClass.RenameEx,
])

const backslash = 0x5c

/** Fields by name, as numbers; all kinds have FileName. */
type AnyBody = View<object> & { readonly [field: string]: number }

class Cursor implements To {
  readonly kind: KindName
  readonly number: number
  readonly body: AnyBody
  readonly #shapes: readonly (readonly [string, Shape])[]

  constructor(kind: KindName, data: DataView) {
    this.kind = kind
    this.number = Kind[kind]
    this.body = bodies[kind].view(data) as unknown as AnyBody
    const own: { readonly [name in KindName]?: Record<string, Shape> } = parts
    this.#shapes = Object.entries({ FileName: 'path', ...own[kind] })
  }

  get hint(): bigint {
    const { view, at } = this.body
    return view.getBigUint64(at + Head.fields.Hint[0], true)
  }

  text(name: string): string {
    const part = this.#part(name)
    const start = this.#startOf(part)
    return getText(this.body.view, start, start + sizeOf(part) - 2)
  }

  bytes(name: string): Uint8Array {
    const part = this.#part(name)
    const { buffer, byteOffset } = this.body.view
    const start = byteOffset + this.#startOf(part)
    return new Uint8Array(buffer, start, sizeOf(part))
  }

  /** Whether all BUFs hold what they should, in `size` bytes of request. */
  isSound(size: number): boolean {
    if (this.kind === 'Create' && !sizeOf(this.#part('FileName'))) return false
    return this.#shapes.every(([name, shape]) => {
      const part = this.#part(name)
      const length = sizeOf(part)
      if (length === 0) return true
      if (headSize + offsetOf(part) + length > size) return false
      return shape === 'bytes' || this.#isText(part, shape)
    })
  }

  /** The one field that means something else in other classes. */
  #part(name: string): number {
    const { body } = this
    return name === 'NewFileName' &&
      !renames.has(body['FileInformationClass'] as number)
      ? 0
      : (body[name] as number)
  }

  #startOf(part: number): number {
    return sizeOf(part) && this.body.at + headSize + offsetOf(part)
  }

  #isText(part: number, shape: Shape): boolean {
    const { view } = this.body
    const start = this.#startOf(part)
    const last = start + sizeOf(part) - 2
    if (sizeOf(part) % 2 !== 0 || view.getUint16(last, true) !== 0) return false
    if (shape === 'path' && view.getUint16(start, true) !== backslash)
      return false
    for (let at = start; at < last; at += 2)
      if (view.getUint16(at, true) === 0) return false
    return true
  }
}

const names = Object.entries(Kind) as [KindName, number][]

/**
 * The requests that one Transact brought, one or, if it was asked for, a batch:
 *
 *     requests.load(length)
 *     for (let request; (request = requests.next()); )
 *       switch (request.kind) { case 'Read': … }
 *
 * Nothing here throws. A request whose head can be read, but whose sizes,
 * offsets or texts are wrong, is `Malformed`; what is shorter than a head
 * tells not even whom to answer, and ends the batch. One cursor for each kind
 * serves all requests: what is read from it is the next one's after `next`.
 */
export class Requests {
  readonly #bytes: Uint8Array
  readonly #head: View<typeof Head.fields>
  readonly #cursors = new Map<number, Cursor>()
  #at = 0
  #end = 0

  /** `bytes`: what Transact writes to, {@link requestSize} or more. */
  constructor(bytes: Uint8Array) {
    const { buffer, byteOffset, byteLength } = bytes
    const data = new DataView(buffer, byteOffset, byteLength)
    this.#bytes = bytes
    this.#head = Head.view(data)
    for (const [name, number] of names)
      this.#cursors.set(number, new Cursor(name, data))
  }

  /** Turns to `length` bytes at the start of the buffer; 0: no request. */
  load(length: number): void {
    this.#at = 0
    this.#end = Math.min(length, this.#bytes.length)
  }

  next(): Request | undefined {
    const at = this.#at
    if (at + Head.size > this.#end) return undefined
    const head = this.#head
    head.at = at
    const size = head.Size
    if (size < headSize || at + size > this.#end) {
      // where the next one begins is not known either
      this.#at = this.#end
      return this.#malformed(Status.InvalidParameter)
    }
    this.#at = at + aligned(size)
    const cursor = this.#cursors.get(head.Kind)
    if (!cursor) return this.#malformed(Status.InvalidDeviceRequest)
    cursor.body.at = at
    return cursor.isSound(size)
      ? (cursor as unknown as Request)
      : this.#malformed(Status.InvalidParameter)
  }

  #malformed(status: number): Malformed {
    const { Kind: number, Hint: hint } = this.#head
    return { kind: 'Malformed', number, hint, status }
  }
}
