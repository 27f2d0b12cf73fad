import koffi from 'koffi'
import {
  CreateReq,
  DirInfo,
  FileInfo,
  HandleReq,
  LinkData,
  Rsp,
  Status,
  VolumeInfo,
  dirInfoAt,
  narrow,
  reqBuffer,
  rspBuffer,
  tagSymlink,
  viewOf,
  wide,
} from '../abi.ts'

const kernel32 = koffi.load('kernel32.dll')
const moveMemory = kernel32.func('RtlMoveMemory', 'void', [
  'uintptr',
  'void *',
  'size_t',
]) as (to: number, from: Uint8Array, size: number) => void

/** The request at hand, and the response that is made for it. */
export class Answering {
  readonly input: Uint8Array
  readonly request
  readonly create
  readonly output = new Uint8Array(65536)
  readonly response = Rsp.view(viewOf(this.output))
  readonly info = FileInfo.view(viewOf(this.output))

  constructor(input: Uint8Array) {
    this.input = input
    this.request = HandleReq.view(viewOf(input))
    this.create = CreateReq.view(viewOf(input))
  }

  begin(): void {
    this.output.fill(0, 0, 4096)
    const { Kind, Hint } = this.request
    Object.assign(this.response, { Size: Rsp.size, Kind, Hint })
  }

  text(offset: number, size: number): string {
    const at = reqBuffer + offset
    return narrow(this.input.subarray(at, at + Math.max(0, size - 2)))
  }

  fail(status: number): void {
    this.response.Status = status
  }

  /** A FileInfo where a kind of response has it. */
  tell(at: number, told: Told): void {
    fillInfo(FileInfo.view(viewOf(this.output), at), told)
  }

  /** Bytes of the response itself, and the BUF that tells of them. */
  bring(bytes: Uint8Array): void {
    this.output.set(bytes, rspBuffer)
    this.response.BufSize = bytes.length
    this.response.Size = rspBuffer + ((bytes.length + 7) & ~7)
  }

  /** Bytes of the request's buffer. */
  put(bytes: Uint8Array, from = 0): void {
    write(Number(this.request.Address) + from, bytes)
    this.response.Information = bytes.length
  }
}

export const write = (address: number, bytes: Uint8Array): void =>
  moveMemory(address, bytes, bytes.length)

/** What is told of a file. */
export interface Told {
  readonly size: number
  readonly kind?: 'file' | 'directory' | 'link'
  readonly index?: bigint
}

const attributes = { file: 0x1, directory: 0x10, link: 0x400 } as const

const fillInfo = (
  info: ReturnType<typeof FileInfo.view>,
  { size, kind = 'file', index = 7n }: Told,
): void => {
  const time = 133_000_000_000_000_000n
  Object.assign(info, {
    FileAttributes: attributes[kind],
    ReparseTag: kind === 'link' ? tagSymlink : 0,
    AllocationSize: BigInt((size + 4095) & ~4095),
    FileSize: BigInt(size),
    CreationTime: time,
    LastAccessTime: time,
    LastWriteTime: time,
    ChangeTime: time,
    IndexNumber: index,
  })
}

export const entryOf = (name: string, told: Told): Uint8Array => {
  const text = wide(name)
  const entry = new Uint8Array(DirInfo.size + text.length)
  entry.set(text, DirInfo.size)
  const view = viewOf(entry)
  DirInfo.view(view).Size = entry.length
  fillInfo(FileInfo.view(view, dirInfoAt), told)
  return entry
}

/** A symbolic link, relative to the root of the volume. */
export const linkTo = (path: string): Uint8Array => {
  const text = wide(path)
  const data = new Uint8Array(LinkData.size + 2 * text.length)
  data.set(text, LinkData.size)
  data.set(text, LinkData.size + text.length)
  Object.assign(LinkData.view(viewOf(data)), {
    ReparseTag: tagSymlink,
    ReparseDataLength: data.length - 8,
    SubstituteNameLength: text.length,
    PrintNameOffset: text.length,
    PrintNameLength: text.length,
    Flags: 1,
  })
  return data
}

/** `O:WDG:WDD:(A;;FR;;;WD)`, self-relative. */
export const descriptor = (): Uint8Array => {
  const everyone = [1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
  const acl = [2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 0x89, 0, 0x12, 0]
  const header = [1, 0, 4, 0x80, 20, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 44]
  return Uint8Array.from([
    ...header,
    0,
    0,
    0,
    ...everyone,
    ...everyone,
    ...acl,
    ...everyone,
  ])
}

export const fillVolume = (answering: Answering): void => {
  const info = VolumeInfo.view(viewOf(answering.output), 24)
  info.TotalSize = 4096n
  info.VolumeLabelLength = 8
  answering.output.set(wide('echo'), 24 + 18)
}

export { Status }
