import type { Caller } from '../../provider/contract.ts'
import { Want } from '../attr.ts'
import type { Filesystem } from '../filesystem.ts'
import type { Held, HostOptions } from '../host.ts'
import { root } from '../lookup.ts'
import { fileTime } from './codec/filetime.ts'
import {
  ControlCode,
  CreateFlag,
  DirectoryFlag,
  Disposition,
  dispositionOf,
  FileAttribute,
  Option,
} from './codec/flags.ts'
import type { Info } from './codec/info.ts'
import { directorySize, requestSize, responseSize } from './codec/limits.ts'
import { Listing, markerOf } from './codec/listing.ts'
import { Requests, type Asked, type Request } from './codec/request.ts'
import { Responses } from './codec/response.ts'
import { attributesOf, infoOf, type Handle } from './handle.ts'
import { addressNote, transfer, type Write } from './late.ts'
import { dataOf, wayOf } from './link.ts'
import { enter, pathOf, resolve, type Place, type Way } from './path.ts'
import { Refusal, statusOfThrown } from './refusal.ts'
import { asksForData, data, grantedOf } from './rights.ts'
import { Status } from './status.ts'
import { Text } from './text.ts'

/** What a session does to the machine it runs on. */
export interface Machine {
  readonly write: Write
  /** Whether the owner of a token may open anything at all. */
  admits(token: number): boolean
  /** A HANDLE of the same token that lives until `drop`; 0 if it is none. */
  keep(token: number): number
  drop(token: number): void
  /** Milliseconds, as of {@link Settle}'s `at`. */
  now(): number
  /** Milliseconds since 1970. */
  time(): number
  /** The security descriptor of everything here. */
  readonly descriptor: Uint8Array
}

/** No response now: another thread sends it. */
const silent = 0

/** Bytes and name of the volume. It has room for nothing. */
const volume = { total: 0, free: 0, label: 'winprocfs' }

/** What would make a file, were it not there, or empty it. */
const making: ReadonlySet<number> = new Set([
  Disposition.SUPERSEDE,
  Disposition.CREATE,
  Disposition.OPEN_IF,
  Disposition.OVERWRITE,
  Disposition.OVERWRITE_IF,
])

const refuse = (status: number): never => {
  throw new Refusal(status)
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
  readonly #responses = new Responses(this.output)
  readonly #listing = new Listing(new Uint8Array(directorySize))
  readonly #filesystem: Filesystem
  readonly #machine: Machine
  readonly #isExact: boolean
  readonly #log: (line: string) => void
  readonly #handles = new Map<number, Handle>()
  /** FILETIME that is told of what is no text. */
  readonly #began: bigint
  #lastHandle = 0

  constructor(
    filesystem: Filesystem,
    machine: Machine,
    { size }: HostOptions,
    log: (line: string) => void,
  ) {
    this.#filesystem = filesystem
    this.#machine = machine
    this.#isExact = size !== 'zero'
    this.#log = log
    this.#began = fileTime(machine.time())
  }

  /** What programs have open. */
  get held(): Held {
    let directories = 0
    for (const { directory } of this.#handles.values())
      if (directory) directories++
    const files = this.#handles.size - directories
    return { nodes: 0, files, directories }
  }

  /**
   * Handles the request of `length` bytes in `input`: the length of the
   * response in `output`, or 0 if none is to be sent now. What is shorter than
   * a request's head does not say whom to answer; the driver sends no such
   * thing.
   */
  handle(length: number): number {
    this.#requests.load(length)
    this.#responses.clear()
    const request = this.#requests.next()
    if (!request) return silent
    try {
      return this.#operate(request)
    } catch (error) {
      const status = statusOfThrown(error)
      if (status === undefined) this.#log(`request: ${String(error)}`)
      this.#responses.clear()
      return this.#responses.status(request, status ?? Status.IoDeviceError)
    }
  }

  #operate(request: Request): number {
    const responses = this.#responses
    switch (request.kind) {
      case 'Malformed':
        return responses.status(request, request.status)
      case 'Create':
        return this.#create(request)
      case 'Close':
        this.#close(request.body.UserContext2)
        return responses.status(request, Status.Success)
      case 'Cleanup':
      case 'Shutdown':
        return responses.status(request, Status.Success)
      case 'Read':
        return this.#read(request)
      case 'QueryInformation':
        return responses.info(request, this.#info(this.#handle(request)))
      case 'FlushBuffers':
        return this.#flush(request)
      case 'QueryVolumeInformation':
        return responses.volume(request, volume)
      case 'QueryDirectory':
        return this.#list(request)
      case 'FileSystemControl':
        return this.#control(request)
      case 'QuerySecurity':
        this.#handle(request)
        return responses.security(request, this.#machine.descriptor)
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

  /** STATUS_INVALID_HANDLE for one that was never given, or is closed. */
  #handle({ body }: { body: { UserContext2: number } }): Handle {
    return this.#handles.get(body.UserContext2) ?? refuse(Status.InvalidHandle)
  }

  #info({ node, time, text }: Handle): Info {
    return infoOf(node, time, text?.size)
  }

  #create(request: Asked<'Create'>): number {
    const { body } = request
    const { AccessToken: token, ProcessId: pid } = body
    if (!this.#machine.admits(token)) return refuse(Status.AccessDenied)
    if (body.NamedStream !== 0) return refuse(Status.ObjectNameInvalid)
    const caller = { uid: 0, gid: 0, tid: 0, pid, token }
    const way = this.#resolve(request, caller)
    if (way.rest) return this.#redirect(request, way, way.rest, caller)
    this.#check(body, attributesOf(way.node))
    const granted = grantedOf(body)
    const { kind } = way.node.row
    if (kind === 'text' && granted & data)
      return this.#openText(request, way, caller, granted)
    return this.#opened(request, this.#newHandle(way, caller), granted)
  }

  #resolve(request: Asked<'Create'>, caller: Caller): Way {
    const { CreateOptions: options, Flags: flags } = request.body
    if (flags & CreateFlag.OpenTargetDirectory)
      return refuse(Status.MediaWriteProtected)
    const follows = !(options & Option.OPEN_REPARSE_POINT)
    const path = request.text('FileName')
    try {
      return resolve(this.#filesystem, path, follows, caller)
    } catch (error) {
      const isAbsent = statusOfThrown(error) === Status.ObjectNameNotFound
      const makes = making.has(dispositionOf(options))
      throw isAbsent && makes ? new Refusal(Status.MediaWriteProtected) : error
    }
  }

  /** The path leads through a link: the driver goes on where that leads. */
  #redirect(
    request: Asked<'Create'>,
    { node, names }: Place,
    rest: readonly string[],
    caller: Caller,
  ): number {
    const target = this.#filesystem.readlink(node, caller, 'windows')
    const way = wayOf(target, names.slice(0, -1), rest)
    return this.#responses.reparsed(request, way)
  }

  /** Whether what is there may be opened in such a way at all. */
  #check(
    { CreateOptions: options, Flags: flags }: Asked<'Create'>['body'],
    attributes: number,
  ): void {
    const disposition = dispositionOf(options)
    const isDirectory = (attributes & FileAttribute.DIRECTORY) !== 0
    if (disposition > Disposition.OVERWRITE_IF) refuse(Status.InvalidParameter)
    if (disposition === Disposition.CREATE) refuse(Status.ObjectNameCollision)
    if (options & Option.DIRECTORY_FILE && !isDirectory)
      refuse(Status.NotADirectory)
    if (options & Option.NON_DIRECTORY_FILE && isDirectory)
      refuse(Status.FileIsADirectory)
    if (flags & CreateFlag.HasTrailingBackslash && !isDirectory)
      refuse(Status.ObjectNameInvalid)
    if (disposition !== Disposition.OPEN && disposition !== Disposition.OPEN_IF)
      refuse(Status.MediaWriteProtected)
    if (options & Option.DELETE_ON_CLOSE) refuse(Status.CannotDelete)
  }

  /** A handle of what has no text to be read by it. */
  #newHandle(place: Place, caller: Caller): Handle {
    const { node, parent } = place
    const { row } = node
    if (row.kind === 'directory') {
      const directory = this.#filesystem.opendir(node, parent, caller)
      const nobody = { ...caller, token: 0 }
      return this.#handleOf(place, nobody, { directory })
    }
    const asks = row.kind === 'link' && row.right !== 'none'
    const kept = asks ? this.#machine.keep(caller.token as number) : 0
    return this.#handleOf(place, { ...caller, token: kept }, {})
  }

  #handleOf(
    { node, parent, names }: Place,
    caller: Caller,
    more: Pick<Handle, 'directory' | 'text'>,
  ): Handle {
    const time = this.#began
    return { node, parent, names, caller, time, isClosed: false, ...more }
  }

  /** The handle's number comes back in its requests. */
  #opened(
    request: Asked<'Create'>,
    handle: Handle,
    granted: number,
    number = ++this.#lastHandle,
  ): number {
    const info = this.#info(handle)
    const name = pathOf(handle.names)
    const length = this.#responses.opened(request, {
      file: number,
      handle: number,
      granted,
      info,
      name,
    })
    this.#handles.set(number, handle)
    return length
  }

  /**
   * The right is asked here, by whoever makes the text, and at every later
   * generation. Who only wants as much as there is goes without data.
   */
  #openText(
    request: Asked<'Create'>,
    place: Place,
    caller: Caller,
    granted: number,
  ): number {
    const kept = this.#machine.keep(caller.token as number)
    const keeper = { ...caller, token: kept }
    let text
    try {
      const { node } = place
      text = new Text(this.#filesystem.open(node, Want.read, keeper))
    } catch (error) {
      this.#machine.drop(kept)
      const isDenied = statusOfThrown(error) === Status.AccessDenied
      if (!isDenied || asksForData(request.body)) throw error
      const handle = this.#newHandle(place, caller)
      return this.#opened(request, handle, granted & ~data)
    }
    const handle = this.#handleOf(place, keeper, { text })
    handle.time = fileTime(this.#machine.time())
    try {
      return this.#isExact
        ? this.#openExact(request, handle, text, granted)
        : this.#opened(request, handle, granted)
    } catch (error) {
      this.#drop(handle)
      throw error
    }
  }

  /** Answered now if the text is at hand, else once it is made. */
  #openExact(
    request: Asked<'Create'>,
    handle: Handle,
    text: Text,
    granted: number,
  ): number {
    const { hint: id } = request
    const number = ++this.#lastHandle
    const length = this.#opened(request, handle, granted, number)
    const note = this.output.slice(0, length)
    const settled = (bytes: Uint8Array | undefined): void => {
      // nobody will ever close what was not opened
      if (!bytes && this.#handles.has(number)) this.#close(number)
      else this.#release(handle)
    }
    try {
      const ask = { id, offset: 0, size: 0, lines: false, note }
      if (!text.make(ask, this.#machine.now(), settled)) return silent
    } catch (error) {
      this.#handles.delete(number)
      throw error
    }
    this.#responses.clear()
    return this.#opened(request, handle, granted, number)
  }

  #close(number: number): void {
    const handle = this.#handles.get(number)
    if (!handle) return
    this.#handles.delete(number)
    this.#drop(handle)
  }

  #drop(handle: Handle): void {
    handle.isClosed = true
    this.#release(handle)
  }

  /** Lets go of the token, once nobody makes a text by it any more. */
  #release({ isClosed, text, caller }: Handle): void {
    if (isClosed && !text?.pending) this.#machine.drop(caller.token as number)
  }

  #read(request: Asked<'Read'>): number {
    const { body, hint: id } = request
    const handle = this.#handle(request)
    const { text } = handle
    if (!text) {
      const isDirectory = handle.directory !== undefined
      return refuse(
        isDirectory ? Status.InvalidDeviceRequest : Status.AccessDenied,
      )
    }
    const { Address: address, Offset: offset, Length: size } = body
    const ask = { id, offset, size, lines: false, note: addressNote(address) }
    const now = this.#machine.now()
    if (text.isStale(offset, now)) {
      const settled = (bytes: Uint8Array | undefined): void => {
        if (bytes) text.moved(ask)
        this.#release(handle)
      }
      handle.time = fileTime(this.#machine.time())
      if (!text.make(ask, now, settled)) return silent
    }
    text.moved(ask)
    const { write } = this.#machine
    const count = transfer(text.bytes, ask, address, write)
    return this.#responses.transferred(request, count, size)
  }

  /** Of a handle, or of the volume, which has none. Nothing is to be kept. */
  #flush(request: Asked<'FlushBuffers'>): number {
    const handle = this.#handles.get(request.body.UserContext2)
    const info = handle ? this.#info(handle) : infoOf(root, this.#began)
    return this.#responses.info(request, info)
  }

  #list(request: Asked<'QueryDirectory'>): number {
    const { body } = request
    const handle = this.#handle(request)
    if (!handle.directory) return refuse(Status.InvalidParameter)
    const marker = markerOf(request.bytes('Marker'))
    this.#listing.start(body.Length)
    const isOne = (body.Flags & DirectoryFlag.PatternIsFileName) !== 0
    const isEnd = isOne
      ? this.#listOne(handle, request.text('Pattern'), marker)
      : this.#listAll(handle, marker)
    if (isEnd) this.#listing.end()
    const { bytes } = this.#listing
    if (bytes.length > 0) {
      if (body.Address === 0n) return refuse(Status.InvalidParameter)
      this.#machine.write(body.Address, bytes)
    }
    return this.#responses.transferred(request, bytes.length, body.Length)
  }

  /** Whether the listing ends: the one name is there, or not. */
  #listOne(handle: Handle, name: string, marker: number): boolean {
    if (marker !== 0) return true
    try {
      const place = enter(
        this.#filesystem,
        handle,
        name,
        handle.caller,
        Status.NoSuchFile,
      )
      const info = infoOf(place.node, this.#began)
      this.#listing.add(place.names.at(-1) as string, info, 1)
    } catch (error) {
      if (statusOfThrown(error) !== Status.NoSuchFile) throw error
    }
    return true
  }

  /**
   * The names are frozen when a listing begins, and a marker is a place among
   * them: that a process has gone since does not matter.
   */
  #listAll({ directory, node }: Handle, marker: number): boolean {
    let next = marker
    for (const entry of directory?.from(marker) ?? []) {
      next++
      if (node === root && /^\.{1,2}$/.test(entry.name)) continue
      const info = infoOf(entry.of, this.#began)
      if (!this.#listing.add(entry.name, info, next)) return false
    }
    return true
  }

  #control(request: Asked<'FileSystemControl'>): number {
    const { FsControlCode: code } = request.body
    if (code === ControlCode.SET || code === ControlCode.DELETE)
      return refuse(Status.MediaWriteProtected)
    if (code !== ControlCode.GET) return refuse(Status.InvalidDeviceRequest)
    const { node, caller } = this.#handle(request)
    if (node.row.kind !== 'link') return refuse(Status.NotAReparsePoint)
    const target = this.#filesystem.readlink(node, caller, 'windows')
    return this.#responses.data(request, dataOf(target))
  }
}
