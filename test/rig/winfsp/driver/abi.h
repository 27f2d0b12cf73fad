/*
 * What passes between a file system and WinFsp's driver, as offsets: our own
 * declarations, from the facts of the protocol. The same on x64, x86, arm64.
 */
#pragma once
#include <stdint.h>
#include <string.h>

enum Kind {
  Create = 1,
  Overwrite,
  Cleanup,
  Close,
  Read,
  Write,
  QueryInformation,
  SetInformation,
  QueryEa,
  SetEa,
  FlushBuffers,
  QueryVolumeInformation,
  SetVolumeInformation,
  QueryDirectory,
  FileSystemControl,
  DeviceControl,
  Shutdown,
  LockControl,
  QuerySecurity,
  SetSecurity,
  QueryStreamInformation,
  LastKind = QueryStreamInformation
};

/* A request. */
enum {
  ReqSize = 2,
  ReqKind = 4,
  ReqHint = 8,
  ReqUserContext = 16,
  ReqUserContext2 = 24,
  ReqCreateOptions = 16, /* the disposition is its highest byte */
  ReqAccessToken = 40,   /* low half: the token, high half: the pid */
  ReqDesiredAccess = 48,
  ReqGrantedAccess = 52,
  ReqCreateFlags = 64,
  ReqAddress = 32, /* Read, Write, QueryDirectory */
  ReqOffset = 40,
  ReqLength = 48,           /* Read, Write */
  ReqDirectoryLength = 40,  /* QueryDirectory */
  ReqDirectoryPattern = 44, /* a BUF */
  ReqDirectoryMarker = 48,  /* a BUF */
  ReqDirectoryFlags = 52,
  ReqFsControlCode = 32,
  ReqInformationClass = 32,
  ReqRenameToken = 48,
  ReqFileName = 80,
  ReqBuffer = 88, /* not the 84 that a flexible array would get here */
  ReqSizeMax = 16 * 1024 - 64
};

enum {
  OptionDirectory = 0x1,
  OptionNonDirectory = 0x40,
  CreateHasTrailingBackslash = 0x40,
  DirectoryPatternIsFileName = 2,
  ClassRename = 10,
  ClassRenameEx = 65
};

/* A response. */
enum {
  RspVersion = 0,
  RspSize = 2,
  RspKind = 4,
  RspHint = 8,
  RspInformation = 16,
  RspStatus = 20,
  RspUserContext = 24, /* Create */
  RspUserContext2 = 32,
  RspGrantedAccess = 40,
  RspCreateInfo = 48,
  RspCreateName = 120, /* a BUF */
  RspCreateFlags = 124,
  RspInfo = 24, /* all others that tell of a file, or of the volume */
  RspBuf = 24,  /* all others that bring bytes: a BUF */
  RspBuffer = 128,
  RspSizeMax = 16 * 1024
};

typedef struct {
  uint16_t Offset, Size;
} Buf;

typedef struct {
  uint32_t FileAttributes, ReparseTag;
  uint64_t AllocationSize, FileSize;
  uint64_t CreationTime, LastAccessTime, LastWriteTime, ChangeTime;
  uint64_t IndexNumber;
  uint32_t HardLinks, EaSize;
} FileInfo;
_Static_assert(sizeof(FileInfo) == 72, "FSP_FSCTL_FILE_INFO");

typedef struct {
  uint64_t TotalSize, FreeSize;
  uint16_t VolumeLabelLength; /* bytes */
  uint16_t VolumeLabel[32];
} __attribute__((packed, aligned(8))) VolumeInfo;
_Static_assert(sizeof(VolumeInfo) == 88, "FSP_FSCTL_VOLUME_INFO");

/* An entry of a directory: Size, FileInfo, NextOffset, padding, name. */
enum { DirSize = 0, DirInfo = 8, DirNextOffset = 80, DirName = 104 };

/* An entry of streams: Size, StreamSize, StreamAllocationSize, name. */
enum { StreamSize = 8, StreamAllocationSize = 16, StreamName = 24 };

/* The parameters of a volume. */
enum {
  ParamsVersion = 0,
  ParamsSizeV0 = 456,
  ParamsSize = 504,
  ParamsIrpTimeout = 24,
  ParamsIrpCapacity = 28,
  ParamsFlags = 36,
  ParamsPrefix = 40,
  ParamsPrefixChars = 192,
  ParamsFileSystemName = 424
};

enum {
  VolumeReadOnly = 0x200,
  VolumePostCleanupWhenModifiedOnly = 0x400,
  VolumeDirectoryMarkerAsNextOffset = 0x8000000
};

typedef struct {
  void *VolumeHandle;
  uint16_t *VolumeName;
  void *Security;
  uint64_t Reserved;
  uint16_t *MountPoint;
  void *MountHandle;
} MountDesc;
_Static_assert(sizeof(MountDesc) == 48, "FSP_MOUNT_DESC");

enum { TagSymlink = (int)0xA000000C };

enum Status {
  Success = 0,
  Pended = 0x103,
  Reparse = 0x104,
  InvalidHandle = (int)0xC0000008,
  InvalidParameter = (int)0xC000000D,
  NoSuchDevice = (int)0xC000000E,
  EndOfFile = (int)0xC0000011,
  BufferTooSmall = (int)0xC0000023,
  NameCollision = (int)0xC0000035,
  PathNotFound = (int)0xC000003A,
  InsufficientResources = (int)0xC000009A,
  NotSupported = (int)0xC00000BB,
  InternalError = (int)0xC00000E5,
  Cancelled = (int)0xC0000120
};

#define LOAD(type, p, at)                                                      \
  ({                                                                           \
    type value_;                                                               \
    memcpy(&value_, (const uint8_t *)(p) + (at), sizeof value_);               \
    value_;                                                                    \
  })
#define STORE(type, p, at, v)                                                  \
  do {                                                                         \
    type value_ = (type)(v);                                                   \
    memcpy((uint8_t *)(p) + (at), &value_, sizeof value_);                     \
  } while (0)
#define U16(p, at) LOAD(uint16_t, p, at)
#define U32(p, at) LOAD(uint32_t, p, at)
#define U64(p, at) LOAD(uint64_t, p, at)
#define BUF(p, at) LOAD(Buf, p, at)

static inline size_t align8(size_t size) { return (size + 7) & ~(size_t)7; }
