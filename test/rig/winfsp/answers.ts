/** What could be answered to a request, well or ill, by the encoder. */
import { Listing, markerOf } from '../../../fs/winfsp/codec/listing.ts'
import { lxSymlink, symlink } from '../../../fs/winfsp/codec/reparse.ts'
import type { Request } from '../../../fs/winfsp/codec/request.ts'
import { Responses } from '../../../fs/winfsp/codec/response.ts'
import { statusOf } from '../../../fs/winfsp/status.ts'
import { Errno } from '../../../provider/errno.ts'
import { goldenBytes } from '../winfsp.ts'

const info = {
  attributes: 1,
  size: 0x11_2233,
  index: 5n,
  time: 133_443_072_000_000_000n,
}

/** What a listing is filled with is read as the driver does. */
const listingFault = (bytes: Uint8Array): string => {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at + 2 <= bytes.length;) {
    const size = data.getUint16(at, true)
    if (size === 0) return at + 2 === bytes.length ? '' : 'more after the end'
    if (size <= 104 || size > 104 + 510) return `an entry of ${size} bytes`
    at += (size + 7) & ~7
    if (at > bytes.length) return 'an entry that is cut'
  }
  return ''
}

/** Answers at random; a listing that the driver could not read throws. */
export class Answers {
  readonly #output = new Uint8Array(16_384)
  readonly #responses = new Responses(this.#output)
  readonly #listing = new Listing(new Uint8Array(65_536))
  #random: (bound: number) => number = () => 0

  /** The response, an Errno as its status. */
  answer(request: Request, random: (bound: number) => number): Uint8Array {
    this.#random = random
    this.#responses.clear()
    this.#output.fill(0xaa)
    return this.#output.subarray(0, this.#answered(request))
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random(from.length)] as T
  }

  #answered(request: Request): number {
    try {
      return this.#answer(request)
    } catch (error) {
      if (!(error instanceof Errno)) throw error
      return this.#responses.status(request, statusOf(error.code))
    }
  }

  #text(longest: number): string {
    const length = this.#random(longest)
    return `\\${String.fromCharCode(this.#random(0x1_0000)).repeat(length)}`
  }

  #answer(request: Request): number {
    const random = this.#random
    const responses = this.#responses
    const bytes = new Uint8Array(random(2) ? random(100) : random(20_000))
    switch (request.kind) {
      case 'Malformed':
        return responses.status(request, request.status)
      case 'Create': {
        const target = { print: this.#text(50), relative: random(2) === 0 }
        const name = random(2) ? request.text('FileName') : this.#text(9000)
        const open = { file: 1, handle: 2, granted: 3, info, name }
        return this.#pick([
          () => responses.opened(request, open),
          () => responses.opened(request, { ...open, name: undefined }),
          () => responses.reparsed(request, lxSymlink(this.#text(9000))),
          () =>
            responses.reparsed(
              request,
              symlink({ ...target, substitute: this.#text(9000) }),
            ),
        ])()
      }
      case 'Read': {
        const { Length } = request.body
        const count = this.#pick([0, random(Length + 1), Length, Length + 1])
        return responses.transferred(request, count, Length)
      }
      case 'QueryDirectory': {
        const { Length } = request.body
        const listing = this.#listing
        listing.start(Length)
        let next = markerOf(request.bytes('Marker'))
        const name = request.text('Pattern')
        while (listing.add(name || this.#text(256), info, ++next))
          if (random(20) === 0) break
        listing.end()
        const fault = listingFault(listing.bytes)
        if (fault) throw new Error(fault)
        if (listing.bytes.length > Length) throw new Error('a long listing')
        return responses.transferred(request, listing.bytes.length, Length)
      }
      case 'QueryInformation':
      case 'SetInformation':
      case 'Overwrite':
      case 'SetEa':
      case 'Write':
      case 'FlushBuffers':
        return responses.info(request, info)
      case 'QueryVolumeInformation':
      case 'SetVolumeInformation':
        return responses.volume(request, {
          total: 1,
          free: 0,
          label: this.#text(40),
        })
      case 'QuerySecurity':
        return responses.security(
          request,
          random(2) ? bytes : goldenBytes('descriptor'),
        )
      case 'DeviceControl':
        return responses.data(request, bytes, request.body.OutputLength)
      case 'FileSystemControl':
      case 'QueryEa':
      case 'QueryStreamInformation':
        return responses.data(request, bytes)
      case 'Cleanup':
      case 'Close':
      case 'Shutdown':
      case 'LockControl':
      case 'SetSecurity':
        return responses.status(request, 0)
    }
  }
}
