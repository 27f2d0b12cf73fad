import type { Outcome } from '../host.ts'
import { type Request } from '../openfile.ts'
import { allocationOf } from './codec/info.ts'
import { Kind } from './codec/kinds.ts'
import { Responses } from './codec/response.ts'
import { FileInfo, OpenedRsp } from './codec/structures.ts'
import { Refusal, statusOfThrown } from './refusal.ts'
import { Status, statusOf } from './status.ts'

/**
 * What is answered later, by whichever thread finds out: a Create, whose file's
 * size is that of a text yet to be made, or a Read of one. The request carries
 * as its note, of the former, the response as it will be but for the size, and
 * of the latter, the address that the bytes go to.
 */
export const addressNote = (address: bigint): Uint8Array => {
  const note = new Uint8Array(8)
  new DataView(note.buffer).setBigUint64(0, address, true)
  return note
}

/** Copies bytes to where a request wants them. */
export type Write = (address: bigint, bytes: Uint8Array) => void

/**
 * What a Read gets of a text, which is where it wants it then. Lines may be
 * cut: to Windows what is short of the length is the end of the file. EFBIG
 * never, whatever the offset; STATUS_END_OF_FILE from the text's end on.
 */
export const transfer = (
  text: Uint8Array,
  { offset, size }: Pick<Request, 'offset' | 'size'>,
  address: bigint,
  write: Write,
): number => {
  if (size === 0) return 0
  const part = text.subarray(offset, offset + size)
  if (part.length === 0) throw new Refusal(Status.EndOfFile)
  if (address === 0n) throw new Refusal(Status.InvalidParameter)
  write(address, part)
  return part.length
}

const isRead = ({ length }: Uint8Array): boolean => length === 8

/** Answers late requests into a buffer. */
export class Late {
  readonly #bytes: Uint8Array
  readonly #responses: Responses
  readonly #write: Write

  constructor(bytes: Uint8Array, write: Write) {
    this.#bytes = bytes
    this.#responses = new Responses(bytes)
    this.#write = write
  }

  /** Bytes of the response. A request without a note is none of ours: 0. */
  answer(request: Request, outcome: Outcome): number {
    const { note } = request
    if (!note) return 0
    this.#responses.clear()
    const number = isRead(note) ? Kind.Read : Kind.Create
    const to = { number, hint: request.id }
    if (typeof outcome === 'string')
      return this.#responses.status(to, statusOf(outcome))
    if (number === Kind.Create) return this.#opened(note, outcome)
    const address = new DataView(note.buffer).getBigUint64(0, true)
    try {
      const count = transfer(outcome, request, address, this.#write)
      return this.#responses.transferred(to, count, request.size)
    } catch (error) {
      const status = statusOfThrown(error) ?? Status.InternalError
      return this.#responses.status(to, status)
    }
  }

  #opened(note: Uint8Array, { length }: Uint8Array): number {
    this.#bytes.set(note)
    const { buffer, byteOffset } = this.#bytes
    const [at] = OpenedRsp.fields.FileInfo
    const info = FileInfo.view(new DataView(buffer, byteOffset), at)
    info.FileSize = length
    info.AllocationSize = allocationOf(length)
    return note.length
  }
}
