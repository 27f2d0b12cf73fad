import { Errno } from '../../../provider/errno.ts'
import type { View } from '../../../provider/nt/layout.ts'
import { putInfo, type Info } from './info.ts'
import { aligned, longestName } from './limits.ts'
import { DirInfo, FileInfo } from './structures.ts'
import { putText } from './utf16.ts'

/** Bytes of the entry that ends a directory: its Size is 0. */
const endSize = 2

/** A marker that is a number: 8 bytes of NextOffset, and a NUL. */
const offsetSize = 8
const markerSize = offsetSize + 2

/**
 * Where a listing goes on: the NextOffset of the last entry that the reader
 * has got, 0 at its start. EINVAL if it is no number, as it is a name on a
 * volume without DirectoryMarkerAsNextOffset.
 */
export const markerOf = (marker: Uint8Array): number => {
  if (marker.length === 0) return 0
  if (marker.length !== markerSize) throw new Errno('EINVAL', 'no marker')
  const data = new DataView(marker.buffer, marker.byteOffset, offsetSize)
  return Number(data.getBigUint64(0, true))
}

/**
 * What a QueryDirectory is given at its Address, written entry by entry:
 *
 *     listing.start(Length)
 *     if (entries.every(each => listing.add(…))) listing.end()
 *     … copy listing.bytes … responses.transferred(…, Length)
 *
 * Without an end the driver comes back with the last entry's marker.
 */
export class Listing {
  readonly #buffer: Uint8Array
  readonly #data: DataView
  readonly #entry: View<typeof DirInfo.fields>
  readonly #info: View<typeof FileInfo.fields>
  #at = 0
  #limit = 0

  /** `bytes`: {@link directorySize}, or what is to be filled at once. */
  constructor(bytes: Uint8Array) {
    const { buffer, byteOffset, byteLength } = bytes
    this.#buffer = bytes
    this.#data = new DataView(buffer, byteOffset, byteLength)
    this.#entry = DirInfo.view(this.#data)
    this.#info = FileInfo.view(this.#data)
  }

  /** `length`: bytes that the request asks for. */
  start(length: number): void {
    this.#at = 0
    this.#limit = Math.min(length, this.#buffer.length)
  }

  /** What has been written since the start. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#at)
  }

  /**
   * Whether there was room for it. `next` is where the listing goes on after
   * this entry, not 0. EINVAL for a name that the driver has no room for, or
   * if not even the first entry fits: nothing would mean that there is none.
   */
  add(name: string, info: Info, next: number): boolean {
    if (name === '' || name.length > longestName)
      throw new Errno('EINVAL', `a name of ${name.length} units`)
    const size = DirInfo.size + name.length * 2
    const end = this.#at + aligned(size)
    if (end > this.#limit) {
      if (this.#at === 0) throw new Errno('EINVAL', 'no room for one entry')
      return false
    }
    this.#buffer.fill(0, this.#at, end)
    const entry = this.#entry
    entry.at = this.#at
    entry.Size = size
    entry.NextOffset = next
    this.#info.at = this.#at + DirInfo.fields.FileInfo[0]
    putInfo(this.#info, info)
    putText(this.#data, this.#at + DirInfo.size, name)
    this.#at = end
    return true
  }

  /** Ends the directory; false if that does not fit: it comes in the next. */
  end(): boolean {
    if (this.#at + endSize > this.#limit) return false
    this.#buffer.fill(0, this.#at, this.#at + endSize)
    this.#at += endSize
    this.#limit = this.#at
    return true
  }
}
