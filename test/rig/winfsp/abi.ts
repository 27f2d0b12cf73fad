/**
 * What passes between a file system and WinFsp's driver, as the tests know it:
 * tables of their own, so that they can disagree with the code under test.
 * The names are those of the header winfsp/fsctl.h.
 */
import { layout, u16, u32, u64 } from '../../../provider/nt/layout.ts'

export const Kind = {
  Create: 1,
  Overwrite: 2,
  Cleanup: 3,
  Close: 4,
  Read: 5,
  Write: 6,
  QueryInformation: 7,
  SetInformation: 8,
  QueryEa: 9,
  SetEa: 10,
  FlushBuffers: 11,
  QueryVolumeInformation: 12,
  SetVolumeInformation: 13,
  QueryDirectory: 14,
  FileSystemControl: 15,
  DeviceControl: 16,
  Shutdown: 17,
  LockControl: 18,
  QuerySecurity: 19,
  SetSecurity: 20,
  QueryStreamInformation: 21,
} as const

export type KindName = keyof typeof Kind

export const Status = {
  success: 0,
  reparse: 0x104,
  invalidHandle: 0xc0000008,
  invalidParameter: 0xc000000d,
  noSuchDevice: 0xc000000e,
  noSuchFile: 0xc000000f,
  invalidDeviceRequest: 0xc0000010,
  endOfFile: 0xc0000011,
  accessDenied: 0xc0000022,
  objectNameNotFound: 0xc0000034,
  objectNameCollision: 0xc0000035,
  mediaWriteProtected: 0xc00000a2,
  insufficientResources: 0xc000009a,
  notSupported: 0xc00000bb,
  internalError: 0xc00000e5,
  cancelled: 0xc0000120,
  ioReparseTagNotHandled: 0xc0000279,
  reparsePointNotResolved: 0xc0000280,
  deviceRemoved: 0xc00002b6,
} as const

/** FSP_FSCTL_TRANSACT_REQ, with the fields of Create. */
export const CreateReq = layout(88, {
  Version: [0, u16],
  Size: [2, u16],
  Kind: [4, u32],
  Hint: [8, u64],
  CreateOptions: [16, u32], // the disposition is its highest byte
  FileAttributes: [20, u32],
  AllocationSize: [32, u64],
  AccessToken: [40, u32],
  Pid: [44, u32],
  DesiredAccess: [48, u32],
  GrantedAccess: [52, u32],
  ShareAccess: [56, u32],
  Flags: [64, u32],
  FileNameOffset: [80, u16],
  FileNameSize: [82, u16], // bytes, with the NUL
})

/** The same of what has a handle. */
export const HandleReq = layout(88, {
  Size: [2, u16],
  Kind: [4, u32],
  Hint: [8, u64],
  UserContext: [16, u64],
  UserContext2: [24, u64],
  Address: [32, u64], // Read, Write, QueryDirectory
  Offset: [40, u64], // Read, Write
  Length: [48, u32],
  Key: [52, u32],
  DirectoryLength: [40, u32], // QueryDirectory
  PatternOffset: [44, u16],
  PatternSize: [46, u16],
  MarkerOffset: [48, u16],
  MarkerSize: [50, u16],
  DirectoryFlags: [52, u32],
  FsControlCode: [32, u32], // FileSystemControl
  ControlOffset: [36, u16],
  ControlSize: [38, u16],
  FileInformationClass: [32, u32], // SetInformation
  Info: [40, u64],
  FileNameOffset: [80, u16],
  FileNameSize: [82, u16],
})

/** FSP_FSCTL_TRANSACT_RSP. */
export const Rsp = layout(128, {
  Version: [0, u16],
  Size: [2, u16],
  Kind: [4, u32],
  Hint: [8, u64],
  Information: [16, u32],
  Status: [20, u32],
  UserContext: [24, u64], // Create
  UserContext2: [32, u64],
  GrantedAccess: [40, u32],
  FileNameOffset: [120, u16],
  FileNameSize: [122, u16],
  CreateFlags: [124, u32],
  BufOffset: [24, u16], // what brings bytes
  BufSize: [26, u16],
})

/** Where the bytes of requests and responses begin. */
export const reqBuffer = 88
export const rspBuffer = 128

/** FSP_FSCTL_FILE_INFO; in Create's response at 48, else at 24. */
export const FileInfo = layout(72, {
  FileAttributes: [0, u32],
  ReparseTag: [4, u32],
  AllocationSize: [8, u64],
  FileSize: [16, u64],
  CreationTime: [24, u64],
  LastAccessTime: [32, u64],
  LastWriteTime: [40, u64],
  ChangeTime: [48, u64],
  IndexNumber: [56, u64],
  HardLinks: [64, u32],
  EaSize: [68, u32],
})

/** FSP_FSCTL_DIR_INFO: Size, a FileInfo, NextOffset; the name follows. */
export const DirInfo = layout(104, {
  Size: [0, u16],
  NextOffset: [80, u64],
})
export const dirInfoAt = 8

export const VolumeInfo = layout(88, {
  TotalSize: [0, u64],
  FreeSize: [8, u64],
  VolumeLabelLength: [16, u16],
})

/** FSP_FSCTL_VOLUME_PARAMS. */
export const Params = layout(504, {
  Version: [0, u16],
  SectorSize: [2, u16],
  SectorsPerAllocationUnit: [4, u16],
  MaxComponentLength: [6, u16],
  VolumeCreationTime: [8, u64],
  VolumeSerialNumber: [16, u32],
  TransactTimeout: [20, u32],
  IrpTimeout: [24, u32],
  IrpCapacity: [28, u32],
  FileInfoTimeout: [32, u32],
  Flags: [36, u32],
})

export const VolumeFlags = {
  postCleanupWhenModifiedOnly: 0x400,
  passQueryDirectoryPattern: 0x800,
  passQueryDirectoryFileName: 0x2000,
  directoryMarkerAsNextOffset: 0x8000000,
} as const

/** REPARSE_DATA_BUFFER of a symbolic link. */
export const LinkData = layout(20, {
  ReparseTag: [0, u32],
  ReparseDataLength: [4, u16],
  SubstituteNameOffset: [8, u16],
  SubstituteNameLength: [10, u16],
  PrintNameOffset: [12, u16],
  PrintNameLength: [14, u16],
  Flags: [16, u32], // 1: relative
})

export const tagSymlink = 0xa000000c
export const getReparsePoint = 0x900a8

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export const wide = (text: string): Uint8Array => Buffer.from(text, 'utf16le')

export const narrow = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('utf16le')
