/**
 * Numbers of requests and responses. Those of Windows are by the names of
 * winnt.h, ntifs.h and ntddk.h, less the prefix that is told with each.
 */

/** Bits of Create.CreateOptions below the disposition: FILE_…. */
export const Option = {
  DIRECTORY_FILE: 0x1,
  WRITE_THROUGH: 0x2,
  SEQUENTIAL_ONLY: 0x4,
  NO_INTERMEDIATE_BUFFERING: 0x8,
  NON_DIRECTORY_FILE: 0x40,
  NO_EA_KNOWLEDGE: 0x200,
  DELETE_ON_CLOSE: 0x1000,
  OPEN_BY_FILE_ID: 0x2000,
  OPEN_FOR_BACKUP_INTENT: 0x4000,
  OPEN_REPARSE_POINT: 0x20_0000,
} as const

/** The upper 8 bits of Create.CreateOptions: FILE_…. */
export const Disposition = {
  SUPERSEDE: 0,
  OPEN: 1,
  CREATE: 2,
  OPEN_IF: 3,
  OVERWRITE: 4,
  OVERWRITE_IF: 5,
} as const

/** What a Create wants done, see {@link Disposition}. */
export const dispositionOf = (createOptions: number): number =>
  createOptions >>> 24

/** Bits of Create.Flags. */
export const CreateFlag = {
  /** The caller is a program; else it is the kernel: nothing to check. */
  UserMode: 0x1,
  HasTraversePrivilege: 0x2,
  HasBackupPrivilege: 0x4,
  HasRestorePrivilege: 0x8,
  OpenTargetDirectory: 0x10,
  CaseSensitive: 0x20,
  HasTrailingBackslash: 0x40,
  AcceptsSecurityDescriptor: 0x80,
  EaIsReparsePoint: 0x100,
} as const

/** Bits of Cleanup.Flags. */
export const CleanupFlag = {
  Delete: 0x1,
  SetAllocationSize: 0x2,
  SetArchiveBit: 0x4,
  SetLastAccessTime: 0x8,
  SetLastWriteTime: 0x10,
  SetChangeTime: 0x20,
} as const

/** Bits of QueryDirectory.Flags. */
export const DirectoryFlag = {
  CaseSensitive: 0x1,
  /** Pattern is the one name that is asked for. */
  PatternIsFileName: 0x2,
} as const

/** Bits of Opened.Flags in the response to a Create. */
export const OpenedFlag = {
  DisableCache: 0x1,
  HasSecurityDescriptor: 0x2,
} as const

/** Bits of an access mask: FILE_…, and what is generic. */
export const AccessMask = {
  READ_DATA: 0x1,
  WRITE_DATA: 0x2,
  APPEND_DATA: 0x4,
  READ_EA: 0x8,
  WRITE_EA: 0x10,
  EXECUTE: 0x20,
  DELETE_CHILD: 0x40,
  READ_ATTRIBUTES: 0x80,
  WRITE_ATTRIBUTES: 0x100,
  DELETE: 0x1_0000,
  READ_CONTROL: 0x2_0000,
  WRITE_DAC: 0x4_0000,
  WRITE_OWNER: 0x8_0000,
  SYNCHRONIZE: 0x10_0000,
  ACCESS_SYSTEM_SECURITY: 0x100_0000,
  MAXIMUM_ALLOWED: 0x200_0000,
} as const

/** Information of the response to a Create: FILE_…. */
export const Opened = { OPENED: 1 } as const

/** Bits of FileInfo.FileAttributes: FILE_ATTRIBUTE_…. */
export const FileAttribute = {
  READONLY: 0x1,
  DIRECTORY: 0x10,
  NORMAL: 0x80,
  REPARSE_POINT: 0x400,
} as const

/** IO_REPARSE_TAG_…. */
export const ReparseTag = {
  SYMLINK: 0xa000_000c,
  /** A link of WSL: told, and never followed by Windows. */
  LX_SYMLINK: 0xa000_001d,
} as const

/** FileSystemControl.FsControlCode: FSCTL_…_REPARSE_POINT. */
export const ControlCode = {
  SET: 0x9_00a4,
  GET: 0x9_00a8,
  DELETE: 0x9_00ac,
} as const

/** SetInformation.FileInformationClass: File…Information. */
export const InformationClass = {
  Basic: 4,
  Rename: 10,
  Disposition: 13,
  Allocation: 19,
  EndOfFile: 20,
  DispositionEx: 64,
  RenameEx: 65,
} as const

/** Bits of VolumeParams.Flags. */
export const VolumeFlag = {
  CaseSensitiveSearch: 0x1,
  CasePreservedNames: 0x2,
  UnicodeOnDisk: 0x4,
  PersistentAcls: 0x8,
  ReparsePoints: 0x10,
  /** Every directory that a path leads through is asked for, too. */
  ReparsePointsAccessCheck: 0x20,
  NamedStreams: 0x40,
  HardLinks: 0x80,
  ExtendedAttributes: 0x100,
  /** Is only told; writes must be refused all the same. */
  ReadOnlyVolume: 0x200,
  /** No Cleanup for handles that changed nothing. */
  PostCleanupWhenModifiedOnly: 0x400,
  PassQueryDirectoryPattern: 0x800,
  AlwaysUseDoubleBuffering: 0x1000,
  /** QueryDirectory.Pattern is given where it is one name. */
  PassQueryDirectoryFileName: 0x2000,
  FlushAndPurgeOnCleanup: 0x4000,
  DeviceControl: 0x8000,
  UmFileContextIsUserContext2: 0x1_0000,
  UmFileContextIsFullContext: 0x2_0000,
  UmNoReparsePointsDirCheck: 0x4_0000,
  AllowOpenInKernelMode: 0x100_0000,
  CasePreservedExtendedAttributes: 0x200_0000,
  WslFeatures: 0x400_0000,
  /** QueryDirectory.Marker is the last entry's NextOffset, not its name. */
  DirectoryMarkerAsNextOffset: 0x800_0000,
  RejectIrpPriorToTransact0: 0x1000_0000,
  SupportsPosixUnlinkRename: 0x2000_0000,
  PostDispositionWhenNecessaryOnly: 0x4000_0000,
} as const

/** Bits of VolumeParams.Valid: which timeouts are other than that of files. */
export const TimeoutValid = {
  VolumeInfo: 0x1,
  DirInfo: 0x2,
  Security: 0x4,
  StreamInfo: 0x8,
  Ea: 0x10,
} as const

/** Bit of SymbolicLink.Flags: SYMLINK_FLAG_RELATIVE. */
export const symlinkRelative = 0x1

/** Bits of {@link AccessMask} that let change something: none is granted. */
export const changing =
  AccessMask.WRITE_DATA |
  AccessMask.APPEND_DATA |
  AccessMask.WRITE_EA |
  AccessMask.DELETE_CHILD |
  AccessMask.WRITE_ATTRIBUTES |
  AccessMask.DELETE |
  AccessMask.WRITE_DAC |
  AccessMask.WRITE_OWNER
