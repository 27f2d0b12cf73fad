import { Errno, numberOf, type Code } from '../../../provider/errno.ts'
import type { View } from '../../../provider/nt/layout.ts'
import type { Attr as Attributes } from '../../attr.ts'
import { encode } from '../../../provider/text.ts'
import {
  nanoseconds,
  putAttr,
  putEntry,
  type Common,
  type Found,
} from './found.ts'
import {
  Attr,
  AttrOut,
  EntryOut,
  InitOut,
  OpenOut,
  OutHeader,
  StatfsOut,
} from './structures.ts'

type Fields<S extends { fields: unknown }> = Partial<
  Omit<View<S['fields']>, 'view' | 'at'>
>

/** The most that READLINK may answer: the kernel's page, less its NUL. */
const longestLink = 4095

/**
 * Replies, each written whole into one buffer; every method returns how many
 * bytes of it to write(2), at once and in one call. `unique` is the request's.
 */
export class Reply {
  readonly #bytes: Uint8Array
  readonly #common: Common
  readonly #header: View<typeof OutHeader.fields>
  readonly #attr: View<typeof Attr.fields>
  readonly #attrOut: View<typeof AttrOut.fields>
  readonly #entryOut: View<typeof EntryOut.fields>
  readonly #openOut: View<typeof OpenOut.fields>
  readonly #statfsOut: View<typeof StatfsOut.fields>
  readonly #initOut: View<typeof InitOut.fields>

  /** `bytes`: a header and the largest read, and 256 at least. */
  constructor(bytes: Uint8Array, common: Common) {
    const { buffer, byteOffset, byteLength } = bytes
    const data = new DataView(buffer, byteOffset, byteLength)
    const body = OutHeader.size
    this.#bytes = bytes
    this.#common = common
    this.#header = OutHeader.view(data)
    this.#attr = Attr.view(data)
    this.#attrOut = AttrOut.view(data, body)
    this.#entryOut = EntryOut.view(data, body)
    this.#openOut = OpenOut.view(data, body)
    this.#statfsOut = StatfsOut.view(data, body)
    this.#initOut = InitOut.view(data, body)
  }

  error(unique: bigint, code: Code): number {
    return this.#finish(unique, 0, -numberOf(code))
  }

  /** Done, and nothing to tell: ACCESS, FLUSH, RELEASE, RELEASEDIR, … */
  done(unique: bigint): number {
    return this.#finish(unique, 0)
  }

  /** LOOKUP. */
  entry(unique: bigint, found: Found): number {
    this.#clear(EntryOut.size)
    putEntry(this.#entryOut, found)
    this.#attr.at = this.#entryOut.at + EntryOut.fields.attr[0]
    putAttr(this.#attr, found.attr, this.#common)
    return this.#finish(unique, EntryOut.size)
  }

  /** GETATTR; `valid` in seconds. */
  attr(unique: bigint, attr: Attributes, valid: number): number {
    this.#clear(AttrOut.size)
    this.#attrOut.attr_valid = Math.floor(valid)
    this.#attrOut.attr_valid_nsec = nanoseconds(valid)
    this.#attr.at = this.#attrOut.at + AttrOut.fields.attr[0]
    putAttr(this.#attr, attr, this.#common)
    return this.#finish(unique, AttrOut.size)
  }

  /** OPEN, OPENDIR; `flags`: a sum of Fopen. */
  open(unique: bigint, fh: number, flags: number): number {
    this.#clear(OpenOut.size)
    this.#openOut.fh = fh
    this.#openOut.open_flags = flags
    return this.#finish(unique, OpenOut.size)
  }

  /** READ; EINVAL if it is more than the buffer holds. */
  bytes(unique: bigint, data: Uint8Array): number {
    if (data.length > this.#bytes.length - OutHeader.size)
      throw new Errno('EINVAL')
    this.#bytes.set(data, OutHeader.size)
    return this.#finish(unique, data.length)
  }

  /** READLINK; ENAMETOOLONG if the kernel would not take it. */
  link(unique: bigint, target: string): number {
    const data = encode(target)
    if (data.length > longestLink) throw new Errno('ENAMETOOLONG')
    return this.bytes(unique, data)
  }

  /** STATFS; what is not given is 0. */
  statfs(unique: bigint, statfs: Fields<typeof StatfsOut>): number {
    this.#clear(StatfsOut.size)
    Object.assign(this.#statfsOut, statfs)
    return this.#finish(unique, StatfsOut.size)
  }

  /** INIT; what is not given is 0. */
  init(unique: bigint, init: Fields<typeof InitOut>): number {
    this.#clear(InitOut.size)
    Object.assign(this.#initOut, init)
    return this.#finish(unique, InitOut.size)
  }

  #clear(size: number): void {
    this.#bytes.fill(0, OutHeader.size, OutHeader.size + size)
  }

  #finish(unique: bigint, size: number, error = 0): number {
    const header = this.#header
    header.len = OutHeader.size + size
    header.error = error
    header.unique = unique
    return OutHeader.size + size
  }
}
