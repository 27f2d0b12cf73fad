import type { View } from '../../../provider/nt/layout.ts'
import { encode } from '../../../provider/text.ts'
import { putAttr, putEntry, type Common, type Found } from './found.ts'
import { Attr, Dirent, Direntplus, EntryOut, OutHeader } from './structures.ts'

/** One name of a directory. */
export interface Name {
  readonly name: string
  readonly inode: bigint
  /** S_IFMT bits. */
  readonly format: number
}

const aligned = (size: number): number => (size + 7) & ~7

/**
 * The reply to READDIR or READDIRPLUS, written entry by entry:
 *
 *     listing.start(size, plus)
 *     for (…) if (!listing.add(name, next, found)) break
 *     write(listing.finish(unique))
 *
 * An empty one tells that the directory has ended.
 */
export class Listing {
  readonly #bytes: Uint8Array
  readonly #common: Common
  readonly #header: View<typeof OutHeader.fields>
  readonly #entryOut: View<typeof EntryOut.fields>
  readonly #attr: View<typeof Attr.fields>
  readonly #dirent: View<typeof Dirent.fields>
  #at = OutHeader.size
  #end = OutHeader.size
  #plus = false

  /** `bytes`: a header and the largest read. */
  constructor(bytes: Uint8Array, common: Common) {
    const { buffer, byteOffset, byteLength } = bytes
    const data = new DataView(buffer, byteOffset, byteLength)
    this.#bytes = bytes
    this.#common = common
    this.#header = OutHeader.view(data)
    this.#entryOut = EntryOut.view(data)
    this.#attr = Attr.view(data)
    this.#dirent = Dirent.view(data)
  }

  /** `size`: bytes that the request asks for. */
  start(size: number, plus: boolean): void {
    this.#at = OutHeader.size
    this.#end = Math.min(OutHeader.size + size, this.#bytes.length)
    this.#plus = plus
  }

  /**
   * Whether there was room for it. `next` is the offset that the listing goes
   * on at after this entry, not 0. `found`, for READDIRPLUS, counts as one
   * lookup; without it the kernel looks the name up when it needs to. `.` and
   * `..` must go without: the kernel would drop them uncounted.
   */
  add({ name, inode, format }: Name, next: number, found?: Found): boolean {
    const encoded = encode(name)
    const head = this.#plus ? Direntplus.size : Dirent.size
    const end = this.#at + aligned(head + encoded.length)
    if (end > this.#end) return false
    this.#bytes.fill(0, this.#at, end)
    if (this.#plus && found) this.#entry(found)
    const dirent = this.#dirent
    dirent.at = this.#at + head - Dirent.size
    dirent.ino = inode
    dirent.off = next
    dirent.namelen = encoded.length
    dirent.type = format >> 12
    this.#bytes.set(encoded, this.#at + head)
    this.#at = end
    return true
  }

  /** How many bytes of the buffer to write. */
  finish(unique: bigint): number {
    this.#header.len = this.#at
    this.#header.error = 0
    this.#header.unique = unique
    return this.#at
  }

  #entry(found: Found): void {
    this.#entryOut.at = this.#at
    putEntry(this.#entryOut, found)
    this.#attr.at = this.#at + EntryOut.fields.attr[0]
    putAttr(this.#attr, found.attr, this.#common)
  }
}
