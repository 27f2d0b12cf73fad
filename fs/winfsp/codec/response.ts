import { Errno } from '../../../provider/errno.ts'
import type { View } from '../../../provider/nt/layout.ts'
import { Status } from '../status.ts'
import { isDescriptor } from './descriptor.ts'
import { Opened, OpenedFlag, ReparseTag } from './flags.ts'
import { putInfo, type Info } from './info.ts'
import { aligned, longestLabel, responseSize } from './limits.ts'
import { partOf } from './part.ts'
import { substituteOf, tagOf } from './reparse.ts'
import type { To } from './request.ts'
import {
  FileInfo,
  OpenedRsp,
  PlainRsp,
  Response,
  VolumeInfo,
} from './structures.ts'
import { putText } from './utf16.ts'

/** Bytes that a response can carry after its structure. */
export const dataSize = responseSize - Response.size

/** What a Create opened. */
export interface Opening {
  /** Comes back as UserContext; of the first to open the file. */
  readonly file: number
  /** Comes back as UserContext2; of this open alone. */
  readonly handle: number
  /** AccessMask, with what the request said was granted. */
  readonly granted: number
  readonly info: Info
  /**
   * The whole path as it is truly written, from a backslash on. It may differ
   * from the request's in case alone; absent, the driver puts all of it in
   * upper case.
   */
  readonly name?: string | undefined
  /** Whether reads always come here, whatever the volume's timeouts. */
  readonly disableCache?: boolean | undefined
}

export interface Volume {
  /** Bytes. */
  readonly total: number
  readonly free: number
  readonly label: string
}

/** The bytes of a text, ENAMETOOLONG if no response could hold them. */
const pathBytes = (path: string): number => {
  if (path[0] !== '\\') throw new Errno('EINVAL', `no absolute path: ${path}`)
  if (path.length * 2 > dataSize) throw new Errno('ENAMETOOLONG')
  return path.length * 2
}

/**
 * Responses, one after the other into one buffer, for one Transact to send.
 * Every method writes one whole response and returns how many bytes there are
 * to send; an Errno leaves the buffer as it was. Sizes are rounded up as the
 * driver does to find the next, and what is not told is 0.
 */
export class Responses {
  readonly #data: DataView
  readonly #bytes: Uint8Array
  readonly #head: View<typeof Response.fields>
  readonly #opened: View<typeof OpenedRsp.fields>
  readonly #plain: View<typeof PlainRsp.fields>
  readonly #info: View<typeof FileInfo.fields>
  readonly #volume: View<typeof VolumeInfo.fields>
  #end = 0

  /** `bytes`: {@link responseSize} for each response of a batch. */
  constructor(bytes: Uint8Array) {
    const { buffer, byteOffset, byteLength } = bytes
    const data = new DataView(buffer, byteOffset, byteLength)
    this.#data = data
    this.#bytes = bytes
    this.#head = Response.view(data)
    this.#opened = OpenedRsp.view(data)
    this.#plain = PlainRsp.view(data)
    this.#info = FileInfo.view(data)
    this.#volume = VolumeInfo.view(data)
  }

  /** Bytes to send. */
  get length(): number {
    return this.#end
  }

  /** Whether one more fits, however long. */
  get hasRoom(): boolean {
    return this.#end + responseSize <= this.#bytes.length
  }

  /** To be called when they have been sent. */
  clear(): void {
    this.#end = 0
  }

  /** Failure, or success with nothing to tell: Cleanup, Close, Rename, …. */
  status(to: To, status: number): number {
    this.#begin(to)
    this.#head.Status = status
    return this.#end
  }

  /** Create. */
  opened(
    to: To,
    { file, handle, granted, info, name, disableCache }: Opening,
  ): number {
    const size = name === undefined ? 0 : pathBytes(name)
    const at = this.#begin(to, size)
    this.#head.Information = Opened.OPENED
    const opened = this.#opened
    opened.at = at
    opened.UserContext = file
    opened.UserContext2 = handle
    opened.GrantedAccess = granted
    this.#putInfo(at + OpenedRsp.fields.FileInfo[0], info)
    opened.FileName = partOf(0, size)
    opened.Flags = disableCache ? OpenedFlag.DisableCache : 0
    if (name) putText(this.#data, at + Response.size, name)
    return this.#end
  }

  /**
   * Create, whose path leads through a link: `link` is the link's data, as of
   * `symlink` or `lxSymlink`, and what of the path remained is in it. The
   * driver takes a symlink's substitute name only from a backslash on; a
   * relative one is a path on this volume then.
   */
  reparsed(to: To, link: Uint8Array): number {
    const tag = tagOf(link)
    if (tag === ReparseTag.SYMLINK) pathBytes(substituteOf(link))
    this.#withData(to, link, dataSize)
    this.#head.Status = Status.Reparse
    this.#head.Information = tag
    return this.#end
  }

  /**
   * Create, whose path leads to `path` in the object manager's namespace:
   * `\??\C:\Windows`, with what of the path remained.
   */
  elsewhere(to: To, path: string): number {
    const size = pathBytes(path)
    const at = this.#begin(to, size)
    this.#head.Status = Status.Reparse
    this.#plain.at = at
    this.#plain.Buffer = partOf(0, size)
    putText(this.#data, at + Response.size, path)
    return this.#end
  }

  /**
   * Read, QueryDirectory, Write: `count` bytes of the `length` that were asked
   * for are where the request says; EINVAL if there are more. Of a Write, with
   * what the file is now.
   */
  transferred(to: To, count: number, length: number, info?: Info): number {
    if (count > length) throw new Errno('EINVAL', `${count} of ${length} bytes`)
    const at = this.#begin(to)
    this.#head.Information = count
    if (info) this.#putInfo(at + PlainRsp.fields.FileInfo[0], info)
    return this.#end
  }

  /** QueryInformation; SetInformation, Overwrite, FlushBuffers. */
  info(to: To, info: Info): number {
    const at = this.#begin(to)
    this.#putInfo(at + PlainRsp.fields.FileInfo[0], info)
    return this.#end
  }

  /** QueryVolumeInformation, SetVolumeInformation; ENAMETOOLONG: the label. */
  volume(to: To, { total, free, label }: Volume): number {
    if (label.length > longestLabel) throw new Errno('ENAMETOOLONG')
    const at = this.#begin(to)
    const volume = this.#volume
    volume.at = at + PlainRsp.fields.VolumeInfo[0]
    volume.TotalSize = total
    volume.FreeSize = free
    volume.VolumeLabelLength = label.length * 2
    const [offset] = VolumeInfo.fields.VolumeLabel
    putText(this.#data, volume.at + offset, label)
    return this.#end
  }

  /** QuerySecurity; EINVAL for what is no self-relative descriptor. */
  security(to: To, descriptor: Uint8Array): number {
    if (!isDescriptor(descriptor)) throw new Errno('EINVAL')
    return this.data(to, descriptor)
  }

  /**
   * FileSystemControl, DeviceControl, QueryEa, QueryStreamInformation; EFBIG
   * if it is more than `most` bytes: of a DeviceControl, its OutputLength and
   * {@link controlSize}.
   */
  data(to: To, bytes: Uint8Array, most = dataSize): number {
    this.#withData(to, bytes, Math.min(most, dataSize))
    return this.#end
  }

  /** SetEa: what the file is now, and its extended attributes; EFBIG. */
  ea(to: To, info: Info, ea: Uint8Array): number {
    if (ea.length > dataSize) throw new Errno('EFBIG')
    const at = this.#begin(to, ea.length)
    this.#putInfo(at + PlainRsp.fields.FileInfo[0], info)
    this.#plain.at = at
    this.#plain.Ea = partOf(0, ea.length)
    this.#bytes.set(ea, at + Response.size)
    return this.#end
  }

  #withData(to: To, bytes: Uint8Array, most: number): void {
    if (bytes.length > most) throw new Errno('EFBIG')
    const at = this.#begin(to, bytes.length)
    this.#plain.at = at
    this.#plain.Buffer = partOf(0, bytes.length)
    this.#bytes.set(bytes, at + Response.size)
  }

  #putInfo(at: number, info: Info): void {
    this.#info.at = at
    putInfo(this.#info, info)
  }

  /**
   * An empty response with room for `size` bytes of data, and where it is.
   * The data always begins where Buffer does: the driver takes the offset of
   * some BUFs for 0.
   */
  #begin({ number, hint }: To, size = 0): number {
    const at = this.#end
    const whole = aligned(Response.size + size)
    if (at + whole > this.#bytes.length)
      throw new Errno('EFBIG', 'no room for another response')
    this.#bytes.fill(0, at, at + whole)
    const head = this.#head
    head.at = at
    head.Size = whole
    head.Kind = number
    head.Hint = hint
    this.#end = at + whole
    return at
  }
}
