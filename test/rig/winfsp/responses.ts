/** What tests read in responses. */
import {
  DirInfo,
  FileInfo,
  LinkData,
  Rsp,
  VolumeInfo,
  dirInfoAt,
  narrow,
  rspBuffer,
  tagSymlink,
  viewOf,
} from './abi.ts'
import type { Reply } from './driver.ts'
import type { Contexts } from './requests.ts'

/** FileInfo, as it is told of a file. */
export interface Info {
  readonly attributes: number
  readonly tag: number
  readonly allocation: number
  readonly size: number
  /** FILETIME: creation, last access, last write, change. */
  readonly times: readonly bigint[]
  readonly index: bigint
}

export const infoOf = (bytes: Uint8Array, at: number): Info => {
  const info = FileInfo.view(viewOf(bytes), at)
  return {
    attributes: info.FileAttributes,
    tag: info.ReparseTag,
    allocation: Number(info.AllocationSize),
    size: Number(info.FileSize),
    times: [
      info.CreationTime,
      info.LastAccessTime,
      info.LastWriteTime,
      info.ChangeTime,
    ],
    index: info.IndexNumber,
  }
}

/** What a response of Create calls what it opened. */
export const contextsOf = ({ response }: Reply): Contexts => {
  const { UserContext, UserContext2 } = Rsp.view(viewOf(response))
  return { UserContext, UserContext2 }
}

/** Where a response has a FileInfo. */
export const infoAt = { create: 48, other: 24 } as const

export interface Entry extends Info {
  readonly name: string
  /** Where the listing goes on behind it, where markers are numbers. */
  readonly next: bigint
}

/** The entries in a buffer, and whether the directory ends with them. */
export const entriesOf = (
  data: Uint8Array,
): { readonly entries: readonly Entry[]; readonly isEnd: boolean } => {
  const view = viewOf(data)
  const entries: Entry[] = []
  for (let at = 0; at + 2 <= data.length;) {
    const size = view.getUint16(at, true)
    if (size === 0) return { entries, isEnd: true }
    entries.push({
      name: narrow(data.subarray(at + DirInfo.size, at + size)),
      next: view.getBigUint64(at + 80, true),
      ...infoOf(data, at + dirInfoAt),
    })
    at += (size + 7) & ~7
  }
  return { entries, isEnd: entries.length === 0 }
}

/** The bytes that a response brings by a BUF. */
export const bytesOf = (response: Uint8Array): Uint8Array => {
  const { BufOffset, BufSize } = Rsp.view(viewOf(response))
  const from = rspBuffer + BufOffset
  return response.subarray(from, from + BufSize)
}

export interface Link {
  readonly tag: number
  /** Where a symbolic link leads; '' of what is none. */
  readonly target: string
  /** As it is shown. */
  readonly print: string
  readonly isRelative: boolean
  readonly data: Uint8Array
}

/** REPARSE_DATA_BUFFER */
export const linkOf = (data: Uint8Array): Link => {
  const tag = viewOf(data).getUint32(0, true)
  if (tag !== tagSymlink)
    return { tag, target: '', print: '', isRelative: false, data }
  const link = LinkData.view(viewOf(data))
  const path = (offset: number, length: number): string =>
    narrow(data.subarray(LinkData.size + offset).subarray(0, length))
  return {
    tag,
    target: path(link.SubstituteNameOffset, link.SubstituteNameLength),
    print: path(link.PrintNameOffset, link.PrintNameLength),
    isRelative: (link.Flags & 1) !== 0,
    data,
  }
}

/** The name that a response of Create gives a file; '' if none. */
export const nameOf = (response: Uint8Array): string => {
  const { FileNameOffset, FileNameSize } = Rsp.view(viewOf(response))
  const from = rspBuffer + FileNameOffset
  return narrow(response.subarray(from, from + FileNameSize))
}

export const volumeOf = (
  response: Uint8Array,
): {
  readonly label: string
  readonly total: number
  readonly free: number
} => {
  const info = VolumeInfo.view(viewOf(response), 24)
  const label = response.subarray(24 + 18).subarray(0, info.VolumeLabelLength)
  return {
    label: narrow(label),
    total: Number(info.TotalSize),
    free: Number(info.FreeSize),
  }
}
