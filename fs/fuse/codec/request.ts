import { Errno } from '../../../provider/errno.ts'
import type { Layout, View } from '../../../provider/nt/layout.ts'
import { decode } from '../../../provider/text.ts'
import { Opcode } from './opcodes.ts'
import { BatchForgetIn, ForgetIn, ForgetOne, InHeader } from './structures.ts'

/**
 * The request that was last read into a buffer. One cursor serves all
 * requests; what it returns is read from the buffer when touched, and is the
 * next request's after the next read.
 */
export class Request {
  readonly #bytes: Uint8Array
  readonly #data: DataView
  readonly #header: View<typeof InHeader.fields>
  readonly #forget: View<typeof ForgetOne.fields>
  readonly #views = new Map<unknown, unknown>()
  #end = 0

  /** `bytes`: what requests are read into, {@link leastRead} or more. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#header = InHeader.view(this.#data)
    this.#forget = ForgetOne.view(this.#data)
  }

  /**
   * Turns to a request of `length` bytes at the start of the buffer. EIO when
   * that is not even a header, so that it can not be answered; EINVAL when the
   * header tells another length, and `unique` can be.
   */
  load(length: number): void {
    this.#end = 0
    if (length < InHeader.size || length > this.#bytes.length)
      throw new Errno('EIO', `request of ${length} bytes`)
    if (this.#header.len !== length) throw new Errno('EINVAL')
    this.#end = length
  }

  get opcode(): number {
    return this.#header.opcode
  }

  get unique(): bigint {
    return this.#header.unique
  }

  get nodeid(): number {
    return this.#header.nodeid
  }

  get uid(): number {
    return this.#header.uid
  }

  get gid(): number {
    return this.#header.gid
  }

  /** Thread id of the caller; 0: none, or in a foreign pid namespace. */
  get pid(): number {
    return this.#header.pid
  }

  /** What follows the header, as such a structure; EINVAL if it is shorter. */
  body<F>(structure: Layout<F>): View<F> {
    if (this.#end < InHeader.size + structure.size) throw new Errno('EINVAL')
    let view = this.#views.get(structure) as View<F> | undefined
    if (!view) {
      view = structure.view(this.#data, InHeader.size)
      this.#views.set(structure, view)
    }
    return view
  }

  /** The name that follows the header; EINVAL if it is empty or has no end. */
  name(): string {
    const end = this.#bytes.indexOf(0, InHeader.size)
    if (end <= InHeader.size || end >= this.#end) throw new Errno('EINVAL')
    return decode(this.#bytes.subarray(InHeader.size, end))
  }

  /**
   * Every node that a FORGET or a BATCH_FORGET gives back, and how many of its
   * lookups. EINVAL, before the first, when fewer follow than it tells.
   */
  forgets(forget: (nodeid: number, nlookup: number) => void): void {
    if (this.opcode === Opcode.FORGET) {
      forget(this.nodeid, this.body(ForgetIn).nlookup)
      return
    }
    const { count } = this.body(BatchForgetIn)
    const first = InHeader.size + BatchForgetIn.size
    if (count > (this.#end - first) / ForgetOne.size) throw new Errno('EINVAL')
    const one = this.#forget
    for (let index = 0; index < count; index++) {
      one.at = first + index * ForgetOne.size
      forget(one.nodeid, one.nlookup)
    }
  }
}
