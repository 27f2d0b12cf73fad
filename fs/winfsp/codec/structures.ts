import {
  i32,
  layout,
  n64,
  u16,
  u32,
  u64,
  u8,
} from '../../../provider/nt/layout.ts'

/**
 * The structures of WinFsp's file system control protocol (inc/winfsp/fsctl.h,
 * v1.5 to v2.2) by its names, less `FSP_FSCTL_`. All are little-endian and the
 * same on x64, x86 and arm64. Times are FILETIME: 100 ns since 1601, UTC.
 *
 * A structure inside another stands as the offset of its first field. Bit
 * fields, which have no name of their own, are `Flags` (flags.ts). A BUF is
 * two u16, offset and size in bytes, that are taken as one u32 (part.ts).
 */

/** FSP_FSCTL_TRANSACT_REQ and _RSP begin with it. */
export const Head = layout(0x10, {
  Version: [0x00, u16], // 0
  Size: [0x02, u16], // bytes, of all of it, not rounded up
  Kind: [0x04, u32], // kinds.ts
  Hint: [0x08, u64], // tells the request: address of an IRP, used again
})

export const FileInfo = layout(0x48, {
  FileAttributes: [0x00, u32], // FileAttribute
  ReparseTag: [0x04, u32], // ReparseTag; 0: none
  AllocationSize: [0x08, n64], // bytes, FileSize or more
  FileSize: [0x10, n64], // bytes
  CreationTime: [0x18, u64],
  LastAccessTime: [0x20, u64],
  LastWriteTime: [0x28, u64],
  ChangeTime: [0x30, u64],
  IndexNumber: [0x38, u64], // the file's id, not 0
  HardLinks: [0x40, u32], // not used by the driver: 0
  EaSize: [0x44, u32], // bytes
})

export const VolumeInfo = layout(0x58, {
  TotalSize: [0x00, n64], // bytes
  FreeSize: [0x08, n64], // bytes
  VolumeLabelLength: [0x10, u16], // bytes
  VolumeLabel: [0x12, u16], // 32 of them, no NUL
})

/** The name follows, without NUL, then up to 7 bytes: the next is aligned. */
export const DirInfo = layout(0x68, {
  Size: [0x00, u16], // bytes, with the name
  FileInfo: [0x08, u32], // FileInfo
  NextOffset: [0x50, n64], // the marker that a listing goes on from
})

/** The name follows, without NUL, then up to 7 bytes: the next is aligned. */
export const StreamInfo = layout(0x18, {
  Size: [0x00, u16], // bytes, with the name
  StreamSize: [0x08, n64], // bytes
  StreamAllocationSize: [0x10, n64], // bytes
})

/** VOLUME_PARAMS, version 1: what Version tells is the size. */
export const VolumeParams = layout(0x1f8, {
  Version: [0x00, u16], // 504
  SectorSize: [0x02, u16], // bytes
  SectorsPerAllocationUnit: [0x04, u16],
  MaxComponentLength: [0x06, u16], // UTF-16 units of a name
  VolumeCreationTime: [0x08, u64],
  VolumeSerialNumber: [0x10, u32],
  TransactTimeout: [0x14, u32], // ms; 0: a day
  IrpTimeout: [0x18, u32], // ms that a request waits to be taken up
  IrpCapacity: [0x1c, u32], // requests that may wait, 100 to 1000
  FileInfoTimeout: [0x20, u32], // ms; 0: never kept
  Flags: [0x24, u32], // VolumeFlag
  Prefix: [0x28, u16], // 192 of them, with NUL: `\server\share`
  FileSystemName: [0x1a8, u16], // 16 of them, with NUL
  Valid: [0x1c8, u32], // TimeoutValid
  VolumeInfoTimeout: [0x1cc, u32], // ms
  DirInfoTimeout: [0x1d0, u32], // ms
  SecurityTimeout: [0x1d4, u32], // ms
  StreamInfoTimeout: [0x1d8, u32], // ms
  EaTimeout: [0x1dc, u32], // ms
  FsextControlCode: [0x1e0, u32],
})

/** REPARSE_DATA_BUFFER (ntifs.h): what every tag of Microsoft's has. */
export const Reparse = layout(0x08, {
  ReparseTag: [0x00, u32], // ReparseTag
  ReparseDataLength: [0x04, u16], // bytes that follow this structure
})

/** Its SymbolicLinkReparseBuffer; PathBuffer follows, which offsets are in. */
export const SymbolicLink = layout(0x14, {
  SubstituteNameOffset: [0x08, u16], // bytes
  SubstituteNameLength: [0x0a, u16], // bytes
  PrintNameOffset: [0x0c, u16], // bytes
  PrintNameLength: [0x0e, u16], // bytes
  Flags: [0x10, u32], // symlinkRelative
})

/** Of IO_REPARSE_TAG_LX_SYMLINK; the target follows in UTF-8, no NUL. */
export const LxSymlink = layout(0x0c, {
  Version: [0x08, u32], // 2
})

/** SECURITY_DESCRIPTOR_RELATIVE (winnt.h); offsets are 0 for what is absent. */
export const SecurityDescriptor = layout(0x14, {
  Revision: [0x00, u8], // 1
  Control: [0x02, u16], // SE_…
  Owner: [0x04, u32], // offset of a SID
  Group: [0x08, u32], // offset of a SID
  Sacl: [0x0c, u32], // offset of an ACL
  Dacl: [0x10, u32], // offset of an ACL
})

/** ACL (winnt.h). */
export const Acl = layout(0x08, {
  AclRevision: [0x00, u8], // 2 to 4
  AclSize: [0x02, u16], // bytes, of all of it
  AceCount: [0x04, u16],
})

/** ACE_HEADER (winnt.h). */
export const Ace = layout(0x04, {
  AceSize: [0x02, u16], // bytes, of all of it
})

/** FSP_FSCTL_TRANSACT_RSP: every response is as long, what Buffer has after. */
export const Response = layout(0x80, {
  Size: [0x02, u16], // bytes, Buffer's among them
  Kind: [0x04, u32],
  Hint: [0x08, u64],
  Information: [0x10, u32], // IoStatus.Information: bytes, or what was done
  Status: [0x14, i32], // IoStatus.Status
})

/** Rsp.Create.Opened. */
export const OpenedRsp = layout(0x80, {
  UserContext: [0x18, n64], // of the file: the first to open it tells
  UserContext2: [0x20, n64], // of this handle
  GrantedAccess: [0x28, u32], // AccessMask
  SecurityDescriptor: [0x2c, u32], // BUF
  FileInfo: [0x30, u32], // FileInfo
  FileName: [0x78, u32], // BUF, its size without NUL; offset 0
  Flags: [0x7c, u32], // OpenedFlag
})

/**
 * One layout for all responses that have nothing but a FileInfo, a VolumeInfo
 * or a BUF: they have it at the same place.
 */
export const PlainRsp = layout(0x80, {
  FileInfo: [0x18, u32], // FileInfo
  VolumeInfo: [0x18, u32], // VolumeInfo
  Buffer: [0x18, u32], // BUF; the driver takes its offset for 0 in some
  Ea: [0x60, u32], // BUF, of SetEa alone
})
