import { isDeepStrictEqual } from 'node:util'
import { Kind, type KindName } from '../../fs/winfsp/codec/kinds.ts'
import { Listing, markerOf } from '../../fs/winfsp/codec/listing.ts'
import { lxSymlink, symlink } from '../../fs/winfsp/codec/reparse.ts'
import { Requests, type Request } from '../../fs/winfsp/codec/request.ts'
import { parts, bodies } from '../../fs/winfsp/codec/requests.ts'
import { Responses } from '../../fs/winfsp/codec/response.ts'
import { streamsOf } from '../../fs/winfsp/codec/streams.ts'
import { statusOf } from '../../fs/winfsp/status.ts'
import { Errno } from '../../provider/errno.ts'
import { randomOf } from './random.ts'
import { goldenBytes, goldenNames } from './winfsp.ts'

const samples = goldenNames
  .filter(name => name.startsWith('request '))
  .map(goldenBytes)

/** Bytes that are likely to hit a bound. */
const edges = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff]

const info = {
  attributes: 1,
  size: 0x11_2233,
  index: 5n,
  time: 133_443_072_000_000_000n,
}

/** What all a request says, to be compared. */
const told = (request: Request): unknown => {
  if (request.kind === 'Malformed') return { ...request }
  const { kind, number, hint, body } = request
  const shapes: Record<string, string> = {
    FileName: 'path',
    ...(parts as { [kind in KindName]?: Record<string, string> })[kind],
  }
  const asked = request as unknown as {
    text(part: string): string
    bytes(part: string): Uint8Array
  }
  const held = Object.entries(shapes).map(([part, shape]) => {
    if (shape === 'bytes') return Buffer.from(asked.bytes(part))
    const text = asked.text(part)
    if (text.includes('\0')) throw new Error(`${part} goes on after its end`)
    if (shape === 'path' && text !== '' && !text.startsWith('\\'))
      throw new Error(`${part} is no path`)
    return text
  })
  const fields = Object.keys(bodies[kind].fields).map(field =>
    Reflect.get(body, field),
  )
  return { kind, number, hint, held, fields }
}

/** Bytes that a BUF at `at` says there are after the structure. */
const heldAt = (data: DataView, at: number): number => {
  const size = data.getUint16(at + 2, true)
  return size === 0 ? 0 : data.getUint16(at, true) + size
}

/** Where responses of a kind have BUFs, of success. */
const bufs: Record<number, readonly number[]> = {
  [Kind.QueryEa]: [24],
  [Kind.SetEa]: [96],
  [Kind.FileSystemControl]: [24],
  [Kind.DeviceControl]: [24],
  [Kind.QuerySecurity]: [24],
  [Kind.QueryStreamInformation]: [24],
}

const reparse = 0x104

/**
 * What the driver would make of a response that it should not: its own rules,
 * by its own numbers.
 */
export const faultOf = (response: Uint8Array, request: Request): string => {
  const { buffer, byteOffset, byteLength } = response
  const data = new DataView(buffer, byteOffset, byteLength)
  const size = data.getUint16(2, true)
  if (size !== byteLength || size % 8 !== 0) return `size ${size}`
  if (size < 128 || size > 16_384) return `size ${size}`
  if (data.getUint32(4, true) !== request.number) return 'another kind'
  if (data.getBigUint64(8, true) !== request.hint) return 'another hint'
  const status = data.getInt32(20, true)
  const information = data.getUint32(16, true)
  if (status < 0) return size === 128 ? '' : 'a failure with data'
  if (request.kind === 'Malformed') return 'success'
  if (request.kind === 'Read' || request.kind === 'QueryDirectory')
    return information <= request.body.Length ? '' : 'more than asked for'
  const at =
    request.kind === 'Create'
      ? [status === reparse ? 24 : 120]
      : (bufs[request.number] ?? [])
  const beyond = at.find(offset => 128 + heldAt(data, offset) > size)
  if (beyond !== undefined) return `BUF at ${beyond}`
  if (request.kind === 'DeviceControl')
    return heldAt(data, 24) <= request.body.OutputLength ? '' : 'too much'
  return ''
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

export interface Counts {
  /** Requests that made sense. */
  sound: number
  /** That did not, and were answered so. */
  refused: number
  /** Too short to tell whom to answer. */
  silent: number
}

/** Requests that nobody should send, answered; any violation throws. */
export class Fuzzer {
  readonly #random: (bound: number) => number
  readonly #output = new Uint8Array(16_384)
  readonly #responses = new Responses(this.#output)
  readonly #listing = new Listing(new Uint8Array(65_536))

  constructor(seed: number) {
    this.#random = randomOf(seed)
  }

  run(count: number): Counts {
    const counts = { sound: 0, refused: 0, silent: 0 }
    for (let round = 0; round < count; round++) this.#one(counts)
    return counts
  }

  #one(counts: Counts): void {
    const input = this.#random(8) ? this.#mutated() : this.#noise()
    const exact = new Requests(input)
    exact.load(input.length)
    // the same, in the midst of other bytes: nothing of them may be seen
    const around = new Uint8Array(input.length + 0x1_0000)
    around.fill(this.#random(256))
    around.set(input)
    const wide = new Requests(around)
    wide.load(input.length)
    const request = exact.next()
    const other = wide.next()
    if (!request || !other) {
      if (request ?? other) throw new Error('bytes behind it were read')
      if (input.length >= 16) throw new Error('not answered')
      counts.silent++
      return
    }
    if (!isDeepStrictEqual(told(request), told(other)))
      throw new Error('bytes behind it were read')
    if (request.kind === 'Malformed') counts.refused++
    else counts.sound++
    this.#check(request)
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random(from.length)] as T
  }

  #noise(): Uint8Array {
    return Uint8Array.from({ length: this.#random(300) }, () =>
      this.#random(256),
    )
  }

  #mutated(): Uint8Array {
    const random = this.#random
    const bytes = this.#pick(samples).slice()
    for (let change = random(4); change > 0; change--)
      bytes[random(bytes.length)] = this.#pick([...edges, random(256)])
    const cut = random(6) ? bytes : bytes.subarray(0, random(bytes.length + 1))
    const input = cut.slice()
    // half of what was cut tells so
    if (cut.length >= 4 && cut.length < bytes.length && random(2))
      new DataView(input.buffer).setUint16(2, cut.length, true)
    return input
  }

  #check(request: Request): void {
    this.#responses.clear()
    this.#output.fill(0xaa)
    const length = this.#answered(request)
    const fault = faultOf(this.#output.subarray(0, length), request)
    if (fault) throw new Error(`${request.kind}: ${fault}`)
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
          () => responses.elsewhere(request, this.#text(9000)),
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
      case 'Write':
        return responses.transferred(request, 0, 0, info)
      case 'QueryInformation':
      case 'SetInformation':
      case 'Overwrite':
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
      case 'SetEa':
        return responses.ea(request, info, bytes)
      case 'DeviceControl':
        return responses.data(request, bytes, request.body.OutputLength)
      case 'QueryStreamInformation':
        return responses.data(
          request,
          streamsOf([
            { name: this.#text(9000), size: 1 },
            { name: '', size: 0 },
          ]),
        )
      case 'FileSystemControl':
      case 'QueryEa':
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
