import {
  layout,
  n64,
  u16,
  u32,
  u64,
  type Layout,
} from '../../../provider/nt/layout.ts'
import type { KindName } from './kinds.ts'

/**
 * Bytes of FSP_FSCTL_TRANSACT_REQ, at which Buffer begins: BUFs are offsets
 * into that.
 */
export const headSize = 0x58

/** Names the file and the handle, by what the response to Create said. */
const contexts = {
  UserContext: [0x10, n64],
  UserContext2: [0x18, n64],
} as const

const request = <
  const F extends Readonly<Record<string, readonly [number, unknown]>>,
>(
  fields: F,
): Layout<F & { readonly FileName: readonly [number, typeof u32] }> =>
  // BUF; what all requests have, though few fill it
  layout(headSize, { ...fields, FileName: [0x50, u32] as const })

const handle = request(contexts)

const none = request({})

/** FSP_FSCTL_TRANSACT_REQ.Req, from the start of the request. */
export const bodies = {
  Create: request({
    CreateOptions: [0x10, u32], // Option, and Disposition in the upper 8 bits
    FileAttributes: [0x14, u32], // FileAttribute, of what is to be made
    SecurityDescriptor: [0x18, u32], // BUF, of what is to be made
    AllocationSize: [0x20, n64], // bytes
    AccessToken: [0x28, u32], // HANDLE that is ours until this is answered
    ProcessId: [0x2c, u32], // of who asks; upper half of the header's field
    DesiredAccess: [0x30, u32], // AccessMask: what is still to be granted
    GrantedAccess: [0x34, u32], // AccessMask: what already is
    ShareAccess: [0x38, u32],
    Ea: [0x3c, u32], // BUF
    Flags: [0x40, u32], // CreateFlag
    NamedStream: [0x48, u16], // bytes before the colon in FileName; 0: none
  }),
  Overwrite: request({
    ...contexts,
    FileAttributes: [0x20, u32], // FileAttribute
    AllocationSize: [0x28, n64], // bytes
    Flags: [0x30, u32], // 1: supersede
    Ea: [0x34, u32], // BUF
  }),
  Cleanup: request({
    ...contexts,
    Flags: [0x20, u32], // CleanupFlag
  }),
  Close: handle,
  Read: request({
    ...contexts,
    Address: [0x20, u64], // where in our memory the bytes go
    Offset: [0x28, u64], // bytes
    Length: [0x30, u32], // bytes
    Key: [0x34, u32], // process id of who asks; paging: any
  }),
  Write: request({
    ...contexts,
    Address: [0x20, u64],
    Offset: [0x28, n64], // bytes; all bits set: at the end
    Length: [0x30, u32], // bytes
    Key: [0x34, u32],
    Flags: [0x38, u32], // 1: not beyond the end
  }),
  QueryInformation: handle,
  SetInformation: request({
    ...contexts,
    FileInformationClass: [0x20, u32], // InformationClass; tells which follow:
    Attributes: [0x28, u32], // Basic: FileAttribute; all bits set: as it is
    CreationTime: [0x30, u64], // Basic; 0: as it is, and so on
    LastAccessTime: [0x38, u64],
    LastWriteTime: [0x40, u64],
    ChangeTime: [0x48, u64],
    AllocationSize: [0x28, n64], // Allocation: bytes
    FileSize: [0x28, n64], // EndOfFile: bytes
    Disposition: [0x28, u32], // Disposition: 1: delete; DispositionEx: flags
    NewFileName: [0x28, u32], // Rename, RenameEx: BUF
    AccessToken: [0x30, u32], // Rename, RenameEx
    ProcessId: [0x34, u32], // Rename, RenameEx
    RenameFlags: [0x38, u32], // RenameEx
  }),
  QueryEa: handle,
  SetEa: request({
    ...contexts,
    Ea: [0x20, u32], // BUF
  }),
  FlushBuffers: handle, // contexts are 0 where it is the volume's
  QueryVolumeInformation: none,
  SetVolumeInformation: request({
    FsInformationClass: [0x10, u32],
    VolumeLabel: [0x14, u32], // BUF
  }),
  QueryDirectory: request({
    ...contexts,
    Address: [0x20, u64], // where in our memory the entries go
    Length: [0x28, u32], // bytes
    Pattern: [0x2c, u32], // BUF
    Marker: [0x30, u32], // BUF
    Flags: [0x34, u32], // DirectoryFlag
  }),
  FileSystemControl: request({
    ...contexts,
    FsControlCode: [0x20, u32], // ControlCode
    Buffer: [0x24, u32], // BUF
    TargetOnFileSystem: [0x28, u16],
  }),
  DeviceControl: request({
    ...contexts,
    IoControlCode: [0x20, u32],
    Buffer: [0x24, u32], // BUF
    OutputLength: [0x28, u32], // bytes
  }),
  Shutdown: none,
  LockControl: none,
  QuerySecurity: handle,
  SetSecurity: request({
    ...contexts,
    SecurityInformation: [0x20, u32],
    SecurityDescriptor: [0x24, u32], // BUF
  }),
  QueryStreamInformation: handle,
} as const satisfies Record<KindName, unknown>

export type Bodies = typeof bodies

/**
 * What a BUF holds. `path`: UTF-16 from a backslash to a NUL; `text`: UTF-16
 * to a NUL; `bytes`: any.
 */
export type Shape = 'path' | 'text' | 'bytes'

/** The BUFs of each kind but FileName, which is a `path` in all. */
export const parts = {
  Create: { SecurityDescriptor: 'bytes', Ea: 'bytes' },
  Overwrite: { Ea: 'bytes' },
  SetInformation: { NewFileName: 'path' },
  SetEa: { Ea: 'bytes' },
  SetVolumeInformation: { VolumeLabel: 'text' },
  // the marker is a name or a number, by a flag of the volume
  QueryDirectory: { Pattern: 'text', Marker: 'bytes' },
  FileSystemControl: { Buffer: 'bytes' },
  DeviceControl: { Buffer: 'bytes' },
  SetSecurity: { SecurityDescriptor: 'bytes' },
} as const satisfies {
  readonly [N in KindName]?: {
    readonly [field in keyof Bodies[N]['fields']]?: Shape
  }
}

type Parts = typeof parts

/** Names of the BUFs of a kind that hold such a thing. */
export type PartOf<N extends KindName, S extends Shape> =
  | (N extends keyof Parts
      ? {
          [P in keyof Parts[N]]: Parts[N][P] extends S ? P : never
        }[keyof Parts[N]]
      : never)
  | ('path' extends S ? 'FileName' : never)
