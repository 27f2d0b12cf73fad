/** Requests as the driver makes them, without what it fills in itself. */
import { CreateReq, HandleReq, Kind, reqBuffer, viewOf, wide } from './abi.ts'
import type { KindName } from './abi.ts'

/** What the file system called an open file. */
export interface Contexts {
  readonly UserContext: bigint
  readonly UserContext2: bigint
}

const align8 = (size: number): number => (size + 7) & ~7

/** A request with bytes behind it, each at a multiple of 8. */
const bytesWith = (
  kind: KindName,
  ...parts: readonly Uint8Array[]
): { bytes: Uint8Array; view: DataView; at: readonly number[] } => {
  let size = 0
  const at = parts.map(part => {
    const start = size
    size = align8(size + part.length)
    return start
  })
  const bytes = new Uint8Array(reqBuffer + size)
  parts.forEach((part, index) => bytes.set(part, reqBuffer + Number(at[index])))
  const view = viewOf(bytes)
  Object.assign(CreateReq.view(view), { Size: bytes.length, Kind: Kind[kind] })
  return { bytes, view, at }
}

export const Access = {
  readData: 0x1,
  writeData: 0x2,
  readEa: 0x8,
  readAttributes: 0x80,
  readControl: 0x20000,
  synchronize: 0x100000,
  /** FILE_GENERIC_READ */
  read: 0x120089,
  maximum: 0x2000000,
} as const

export const Option = {
  directory: 0x1,
  synchronous: 0x20,
  nonDirectory: 0x40,
  deleteOnClose: 0x1000,
  openReparsePoint: 0x200000,
} as const

/** Bits of Create's flags. */
export const CreateFlag = {
  userMode: 1,
  hasTraversePrivilege: 2,
  hasTrailingBackslash: 0x40,
} as const

export interface CreateOptions {
  readonly access?: number
  readonly granted?: number
  readonly options?: number
  /** SUPERSEDE 0, OPEN 1, CREATE 2, OPEN_IF 3, OVERWRITE 4, OVERWRITE_IF 5. */
  readonly disposition?: number
  readonly share?: number
  readonly flags?: number
}

export const create = (path: string, from: CreateOptions = {}): Uint8Array => {
  const name = wide(`${path}\0`)
  const { bytes, view } = bytesWith('Create', name)
  const { disposition = 1, options = Option.synchronous } = from
  Object.assign(CreateReq.view(view), {
    CreateOptions: disposition * 0x100_0000 + options,
    DesiredAccess: from.access ?? Access.read,
    GrantedAccess: from.granted ?? 0,
    ShareAccess: from.share ?? 7,
    Flags: from.flags ?? CreateFlag.userMode | CreateFlag.hasTraversePrivilege,
    FileNameSize: name.length,
  })
  return bytes
}

/** Any request that says no more than its handle. */
export const ofHandle = (kind: KindName, of: Contexts): Uint8Array => {
  const { bytes, view } = bytesWith(kind)
  const { UserContext, UserContext2 } = of
  Object.assign(HandleReq.view(view), { UserContext, UserContext2 })
  return bytes
}

/** Read or Write, as is. */
export const transfer = (
  kind: 'Read' | 'Write',
  of: Contexts,
  Offset: bigint,
  Length: number,
): Uint8Array => {
  const bytes = ofHandle(kind, of)
  Object.assign(HandleReq.view(viewOf(bytes)), { Offset, Length })
  return bytes
}

export const read = (of: Contexts, offset: number, length: number) =>
  transfer('Read', of, BigInt(offset), length)

export interface DirectoryOptions {
  readonly length?: number
  readonly pattern?: string | undefined
  /** The pattern is a name: that entry alone is wanted. */
  readonly isName?: boolean
  /** The last entry's name, or its NextOffset. */
  readonly marker?: string | bigint | undefined
}

/** 8 bytes and a NUL. */
const offsetMarker = (next: bigint): Uint8Array => {
  const bytes = new Uint8Array(10)
  viewOf(bytes).setBigUint64(0, next, true)
  return bytes
}

export const queryDirectory = (
  of: Contexts,
  from: DirectoryOptions = {},
): Uint8Array => {
  const texts = [from.pattern, from.marker].map(part =>
    typeof part === 'bigint'
      ? offsetMarker(part)
      : part === undefined
        ? new Uint8Array()
        : wide(`${part}\0`),
  )
  const { bytes, view, at } = bytesWith('QueryDirectory', ...texts)
  const [pattern, marker] = texts
  Object.assign(HandleReq.view(view), {
    UserContext: of.UserContext,
    UserContext2: of.UserContext2,
    DirectoryLength: from.length ?? 0x4000,
    PatternOffset: at[0],
    PatternSize: pattern?.length,
    MarkerOffset: at[1],
    MarkerSize: marker?.length,
    DirectoryFlags: from.isName === true ? 2 : 0,
  })
  return bytes
}

export const fileSystemControl = (
  of: Contexts,
  path: string,
  FsControlCode: number,
): Uint8Array => {
  const name = wide(`${path}\0`)
  const { bytes, view } = bytesWith('FileSystemControl', name)
  Object.assign(HandleReq.view(view), {
    UserContext: of.UserContext,
    UserContext2: of.UserContext2,
    FsControlCode,
    FileNameSize: name.length,
  })
  return bytes
}

/** FileInformationClass as in FILE_INFORMATION_CLASS, 4 bytes to 24 of Info. */
export const setInformation = (
  of: Contexts,
  FileInformationClass: number,
  Info = 0n,
): Uint8Array => {
  const bytes = ofHandle('SetInformation', of)
  Object.assign(HandleReq.view(viewOf(bytes)), { FileInformationClass, Info })
  return bytes
}
