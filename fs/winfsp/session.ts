import type { Filesystem } from '../filesystem.ts'
import type { Held, HostOptions } from '../host.ts'
import { root } from '../lookup.ts'
import { fileTime } from './codec/filetime.ts'
import { ControlCode } from './codec/flags.ts'
import { directorySize, requestSize, responseSize } from './codec/limits.ts'
import { Listing } from './codec/listing.ts'
import { Requests, type Asked, type Request } from './codec/request.ts'
import { Responses } from './codec/response.ts'
import { create } from './create.ts'
import { infoOf, infoOfHandle } from './handle.ts'
import { Handles } from './handles.ts'
import { dataOf } from './link.ts'
import { list } from './list.ts'
import type { Machine } from './machine.ts'
import { read } from './read.ts'
import { refuse, statusOfThrown } from './refusal.ts'
import { silent, type Serving } from './serving.ts'
import { Status } from './status.ts'

/** Bytes and name of the volume. It has room for nothing. */
const volume = { total: 0, free: 0, label: 'winprocfs' }

/** Of a handle, or of the volume, which has none. Nothing is to be kept. */
const flush = (
  { handles, responses, began }: Serving,
  request: Asked<'FlushBuffers'>,
): number => {
  const handle = handles.find(request.body.UserContext2)
  const info = handle ? infoOfHandle(handle) : infoOf(root, began)
  return responses.info(request, info)
}

/** Where a link leads; no other control is known. */
const control = (
  { filesystem, handles, responses }: Serving,
  request: Asked<'FileSystemControl'>,
): number => {
  const { FsControlCode: code } = request.body
  if (code === ControlCode.SET || code === ControlCode.DELETE)
    return refuse(Status.MediaWriteProtected)
  if (code !== ControlCode.GET) return refuse(Status.InvalidDeviceRequest)
  const { node, caller } = handles.of(request)
  if (node.row.kind !== 'link') return refuse(Status.NotAReparsePoint)
  const target = filesystem.readlink(node, caller, 'windows')
  return responses.data(request, dataOf(target))
}

const operate = (serving: Serving, request: Request): number => {
  const { handles, responses, machine } = serving
  switch (request.kind) {
    case 'Malformed':
      return responses.status(request, request.status)
    case 'Create':
      return create(serving, request)
    case 'Close':
      handles.close(request.body.UserContext2)
      return responses.status(request, Status.Success)
    case 'Cleanup':
    case 'Shutdown':
      return responses.status(request, Status.Success)
    case 'Read':
      return read(serving, request)
    case 'QueryInformation':
      return responses.info(request, infoOfHandle(handles.of(request)))
    case 'FlushBuffers':
      return flush(serving, request)
    case 'QueryVolumeInformation':
      return responses.volume(request, volume)
    case 'QueryDirectory':
      return list(serving, request)
    case 'FileSystemControl':
      return control(serving, request)
    case 'QuerySecurity':
      handles.of(request)
      return responses.security(request, machine.descriptor)
    case 'Overwrite':
    case 'Write':
    case 'SetInformation':
    case 'SetEa':
    case 'SetSecurity':
    case 'SetVolumeInformation':
      return refuse(Status.MediaWriteProtected)
    default:
      return refuse(Status.InvalidDeviceRequest)
  }
}

/**
 * One volume: requests in, responses out, no system call but the machine's. A
 * request that this cannot make sense of, or that throws, is answered all the
 * same.
 */
export class Session {
  /** Where the next request is to be read to. */
  readonly input = new Uint8Array(requestSize)
  /** Where its response stands, if `handle` returns a length. */
  readonly output = new Uint8Array(responseSize)
  readonly #requests = new Requests(this.input)
  readonly #serving: Serving
  readonly #log: (line: string) => void

  constructor(
    filesystem: Filesystem,
    machine: Machine,
    { size }: HostOptions,
    log: (line: string) => void,
  ) {
    this.#serving = {
      filesystem,
      machine,
      handles: new Handles(machine),
      responses: new Responses(this.output),
      listing: new Listing(new Uint8Array(directorySize)),
      isExact: size !== 'zero',
      began: fileTime(machine.time()),
    }
    this.#log = log
  }

  /** What programs have open. */
  get held(): Held {
    return this.#serving.handles.held
  }

  /**
   * Handles the request of `length` bytes in `input`: the length of the
   * response in `output`, or 0 if none is to be sent now. What is shorter than
   * a request's head does not say whom to answer; the driver sends no such
   * thing.
   */
  handle(length: number): number {
    const { responses } = this.#serving
    this.#requests.load(length)
    responses.clear()
    const request = this.#requests.next()
    if (!request) return silent
    try {
      return operate(this.#serving, request)
    } catch (error) {
      const status = statusOfThrown(error)
      if (status === undefined) this.#log(`request: ${String(error)}`)
      responses.clear()
      return responses.status(request, status ?? Status.IoDeviceError)
    }
  }
}
