/*
 * Whether a response is one that a driver could use. What is wrong first is
 * told, in words.
 */
#include "standin.h"
#include <stdio.h>

typedef struct {
  const Volume *volume;
  const Irp *irp;
  const uint8_t *response;
  size_t size;
  uint32_t information;
} Answer;

typedef const char *Check(const Answer *answer);

#define REFUSE(condition, text)                                                \
  do {                                                                         \
    if (condition)                                                             \
      return text;                                                             \
  } while (0)

/* A BUF that leads to bytes within the response; NULL otherwise. */
static const uint8_t *bytesOf(const Answer *answer, size_t at, size_t *size) {
  Buf buf = BUF(answer->response, at);
  *size = buf.Size;
  return RspBuffer + (size_t)buf.Offset + buf.Size <= answer->size
             ? answer->response + RspBuffer + buf.Offset
             : NULL;
}

/* A string of the request, without its NUL; NULL if there is none. */
static const uint16_t *stringOf(const Irp *irp, size_t at, size_t *units) {
  Buf buf = BUF(irp->request, at);
  size_t from = ReqBuffer + (size_t)buf.Offset;
  *units = buf.Size / 2 > 0 ? buf.Size / 2 - 1 : 0;
  return buf.Size < 2 || from + buf.Size > irp->size || from % 2 != 0
             ? NULL
             : (const uint16_t *)(irp->request + from);
}

static bool isSame(const uint16_t *one, size_t size, const uint16_t *other,
                   size_t otherSize) {
  return size == otherSize &&
         CompareStringOrdinal(one, (int)size, other, (int)otherSize, TRUE) ==
             CSTR_EQUAL;
}

static bool isTime(uint64_t time) {
  /* none, or after 1970 and before 2200 */
  return time == 0 ||
         (time >= 116444736000000000ull && time < 189000000000000000ull);
}

static const char *checkFileInfo(const uint8_t *at) {
  FileInfo info = LOAD(FileInfo, at, 0);
  bool isLink = info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT;
  REFUSE(info.FileAttributes == 0 || info.FileAttributes & ~0xFFFFu,
         "FileAttributes are none or unknown");
  REFUSE(info.FileAttributes & FILE_ATTRIBUTE_NORMAL &&
             info.FileAttributes != FILE_ATTRIBUTE_NORMAL,
         "FileAttributes are normal and more");
  REFUSE(isLink != (info.ReparseTag != 0),
         "ReparseTag and the attribute of a link differ");
  REFUSE(info.FileSize > INT64_MAX, "FileSize is negative");
  REFUSE(info.AllocationSize < info.FileSize,
         "AllocationSize is less than FileSize");
  REFUSE(info.AllocationSize > INT64_MAX, "AllocationSize is negative");
  REFUSE(!isTime(info.CreationTime) || !isTime(info.LastAccessTime) ||
             !isTime(info.LastWriteTime) || !isTime(info.ChangeTime),
         "a time of FileInfo is out of this world");
  REFUSE(info.IndexNumber == 0, "IndexNumber is 0");
  REFUSE(info.EaSize != 0, "EaSize where there are no attributes");
  return NULL;
}

static const char *checkInfoOnly(const Answer *answer) {
  REFUSE(answer->size != RspBuffer, "bytes that nobody reads");
  REFUSE(answer->information != 0, "Information where none is asked");
  return checkFileInfo(answer->response + RspInfo);
}

static const char *checkNothing(const Answer *answer) {
  REFUSE(answer->size != RspBuffer, "bytes that nobody reads");
  REFUSE(answer->information != 0, "Information where none is asked");
  return NULL;
}

/* Which Information a disposition may end with: bits of 0 to 3. */
static const uint8_t dispositions[] = {
    0x5, /* SUPERSEDE: superseded, created */
    0x2, /* OPEN: opened */
    0x4, /* CREATE: created */
    0x6, /* OPEN_IF: opened, created */
    0x8, /* OVERWRITE: overwritten */
    0xC, /* OVERWRITE_IF: overwritten, created */
};

enum {
  AccessWrite = 0x2 | 0x4 | 0x10 | 0x40 | 0x100 | 0x10000 | 0x40000 | 0x80000,
  AccessMaximum = 0x2000000
};

static const char *checkGranted(const Answer *answer) {
  uint32_t granted = U32(answer->response, RspGrantedAccess);
  uint32_t desired = U32(answer->irp->request, ReqDesiredAccess);
  uint32_t before = U32(answer->irp->request, ReqGrantedAccess);
  REFUSE(granted & 0xF2000000, "GrantedAccess has generic rights");
  REFUSE(!(desired & AccessMaximum) && granted & ~(desired | before),
         "GrantedAccess is more than was asked");
  REFUSE(!(desired & AccessMaximum) && (desired & 0x1FFFFF) & ~granted,
         "GrantedAccess is less than was asked");
  REFUSE(U32(answer->volume->params, ParamsFlags) & VolumeReadOnly &&
             granted & AccessWrite,
         "GrantedAccess has a right to write, and the volume is read-only");
  return NULL;
}

static const char *checkName(const Answer *answer) {
  size_t bytes, units;
  const uint8_t *name = bytesOf(answer, RspCreateName, &bytes);
  const uint16_t *asked = stringOf(answer->irp, ReqFileName, &units);
  REFUSE(name == NULL, "FileName is out of the response");
  if (bytes == 0)
    return NULL;
  REFUSE(bytes % 2 != 0 || (size_t)(name - answer->response) % 2 != 0,
         "FileName is odd");
  REFUSE(asked == NULL ||
             !isSame((const uint16_t *)name, bytes / 2, asked, units),
         "FileName differs by more than case");
  return NULL;
}

static const char *checkOpened(const Answer *answer) {
  const uint8_t *request = answer->irp->request;
  uint32_t options = U32(request, ReqCreateOptions);
  uint32_t disposition = options >> 24, information = answer->information;
  FileInfo info = LOAD(FileInfo, answer->response, RspCreateInfo);
  bool isDirectory = info.FileAttributes & FILE_ATTRIBUTE_DIRECTORY;
  REFUSE(information > 3 || disposition >= sizeof dispositions ||
             !(dispositions[disposition] & 1 << information),
         "Information is nothing the disposition ends with");
  const char *why = checkFileInfo(answer->response + RspCreateInfo);
  REFUSE(why != NULL, why);
  REFUSE(options & OptionDirectory && !isDirectory,
         "a directory was asked for, this is none");
  REFUSE(options & OptionNonDirectory && isDirectory,
         "no directory was asked for, this is one");
  REFUSE(U32(request, ReqCreateFlags) & CreateHasTrailingBackslash &&
             !isDirectory,
         "a name with a backslash at its end, and no directory");
  REFUSE(U32(answer->response, RspCreateFlags) & ~1u,
         "flags that are not known, or a descriptor nobody reads");
  REFUSE(U64(answer->response, RspUserContext) == 0 &&
             U64(answer->response, RspUserContext2) == 0,
         "no context, so the handle cannot be told");
  why = checkGranted(answer);
  return why != NULL ? why : checkName(answer);
}

/* REPARSE_DATA_BUFFER, with the paths of a symbolic link. */
static const char *checkLink(const uint8_t *data, size_t size) {
  REFUSE(size < 8, "the data of a link are cut");
  REFUSE(U16(data, 4) + 8u != size, "ReparseDataLength is not the rest");
  if (U32(data, 0) != (uint32_t)TagSymlink)
    return NULL;
  REFUSE(size < 20, "the data of a symbolic link are cut");
  for (size_t at = 8; at <= 12; at += 4) {
    size_t from = U16(data, at), length = U16(data, at + 2);
    REFUSE(from % 2 != 0 || length % 2 != 0, "a path of a link is odd");
    REFUSE(20 + from + length > size, "a path of a link is out of its data");
    REFUSE(at == 8 && length == 0, "a link to nothing");
  }
  REFUSE(U32(data, 16) > 1, "flags of a link that are not known");
  return NULL;
}

static const char *checkReparse(const Answer *answer) {
  size_t size;
  const uint8_t *data = bytesOf(answer, RspBuf, &size);
  REFUSE(data == NULL, "the data of a link are out of the response");
  REFUSE(size == 0, "a link without data");
  if (answer->information == 0) /* the path itself */
    return size % 2 != 0 || U16(data, 0) != '\\' ? "a path of a link is wrong"
                                                 : NULL;
  const char *why = checkLink(data, size);
  REFUSE(why != NULL, why);
  REFUSE(U32(data, 0) != answer->information,
         "Information is not the tag of the link");
  /* the driver puts its volume before it, so it starts at the root */
  REFUSE(U32(data, 0) == (uint32_t)TagSymlink && U32(data, 16) == 1 &&
             U16(data, 20 + U16(data, 8)) != '\\',
         "the path of a link does not start at the root");
  return NULL;
}

static const char *checkCreate(const Answer *answer) {
  return (int32_t)U32(answer->response, RspStatus) == Reparse
             ? checkReparse(answer)
             : checkOpened(answer);
}

static const char *checkBytes(const Answer *answer) {
  REFUSE(answer->size != RspBuffer, "bytes that nobody reads");
  REFUSE(answer->information > answer->irp->mapping.length,
         "Information exceeds Length");
  REFUSE(answer->information == 0 && answer->irp->mapping.length > 0,
         "nothing read, and not told as the end of the file");
  REFUSE(answer->information >= 16 && !isWritten(&answer->irp->mapping),
         "bytes that were told of and not written");
  return NULL;
}

static const char *checkWritten(const Answer *answer) {
  REFUSE(answer->size != RspBuffer, "bytes that nobody reads");
  REFUSE(answer->information > answer->irp->mapping.length,
         "Information exceeds Length");
  return checkFileInfo(answer->response + RspInfo);
}

static const char *checkFlushed(const Answer *answer) {
  REFUSE(answer->size != RspBuffer, "bytes that nobody reads");
  /* of the volume, there is no file to tell of */
  return U64(answer->irp->request, ReqUserContext) == 0 &&
                 U64(answer->irp->request, ReqUserContext2) == 0
             ? NULL
             : checkFileInfo(answer->response + RspInfo);
}

static const char *checkVolume(const Answer *answer) {
  VolumeInfo info = LOAD(VolumeInfo, answer->response, RspInfo);
  REFUSE(answer->size != RspBuffer, "bytes that nobody reads");
  REFUSE(answer->information != 0, "Information where none is asked");
  REFUSE(info.VolumeLabelLength > sizeof info.VolumeLabel ||
             info.VolumeLabelLength % 2 != 0,
         "VolumeLabelLength is odd or too large");
  for (size_t i = 0; i < info.VolumeLabelLength / 2u; i++)
    REFUSE(info.VolumeLabel[i] == 0, "a label with a NUL");
  REFUSE(info.FreeSize > info.TotalSize, "FreeSize exceeds TotalSize");
  return NULL;
}

static const char *checkEntryName(const uint16_t *name, size_t units) {
  REFUSE(units == 0 || units > 255, "an entry's name is empty or too long");
  for (size_t i = 0; i < units; i++)
    REFUSE(name[i] < 32 || (name[i] < 128 && strchr("\\/:*?\"<>|", name[i])),
           "an entry's name has a character no name has");
  return NULL;
}

static const char *checkEntry(const Answer *answer, const uint8_t *entry,
                              size_t size) {
  const uint16_t *name = (const uint16_t *)(entry + DirName);
  size_t units = (size - DirName) / 2, asked;
  const Irp *irp = answer->irp;
  REFUSE(size % 2 != 0, "an entry's name is odd");
  const char *why = checkEntryName(name, units);
  if (why == NULL)
    why = checkFileInfo(entry + DirInfo);
  REFUSE(why != NULL, why);
  REFUSE(!(U32(answer->volume->params, ParamsFlags) &
           VolumeDirectoryMarkerAsNextOffset) &&
             U64(entry, DirNextOffset) != 0,
         "NextOffset, and markers are names");
  REFUSE(U64(entry, 88) != 0 || U64(entry, 96) != 0,
         "the padding of an entry is not zero");
  const uint16_t *marker = stringOf(irp, ReqDirectoryMarker, &asked);
  REFUSE(marker != NULL && isSame(name, units, marker, asked),
         "the marker is among the entries, so a listing would not end");
  const uint16_t *pattern = stringOf(irp, ReqDirectoryPattern, &asked);
  REFUSE(U32(irp->request, ReqDirectoryFlags) & DirectoryPatternIsFileName &&
             (pattern == NULL || !isSame(name, units, pattern, asked)),
         "an entry that is not the one asked for");
  return NULL;
}

static bool isDouble(const uint8_t *entries, const uint8_t *entry,
                     size_t size) {
  while (entries < entry) {
    size_t own = U16(entries, DirSize);
    if (own == size && memcmp(entries + DirName, entry + DirName,
                              size - DirName) == 0)
      return true;
    entries += align8(own);
  }
  return false;
}

static const char *checkEntries(const Answer *answer) {
  const Mapping *mapping = &answer->irp->mapping;
  const uint8_t *entries = mapping->address;
  size_t end = answer->information, at = 0;
  REFUSE(answer->size != RspBuffer, "bytes that nobody reads");
  REFUSE(end > mapping->length, "Information exceeds Length");
  REFUSE(end >= 16 && !isWritten(mapping),
         "bytes that were told of and not written");
  while (at < end) {
    REFUSE(end - at < 2, "an entry is cut");
    size_t size = U16(entries, at);
    if (size == 0)
      return at + 2 == end ? NULL : "entries behind the end of the directory";
    REFUSE(size < DirName || size > end - at, "an entry's Size is wrong");
    const char *why = checkEntry(answer, entries + at, size);
    REFUSE(why != NULL, why);
    REFUSE(isDouble(entries, entries + at, size), "an entry is there twice");
    size_t next = at + align8(size);
    at = next > end ? end : next;
  }
  return NULL;
}

static const char *checkSecurity(const Answer *answer) {
  size_t size;
  const uint8_t *data = bytesOf(answer, RspBuf, &size);
  REFUSE(data == NULL, "the descriptor is out of the response");
  REFUSE(size < 20 || !IsValidSecurityDescriptor((void *)data) ||
             !(U16(data, 2) & SE_SELF_RELATIVE) ||
             GetSecurityDescriptorLength((void *)data) != size,
         "the descriptor is none, or not of its size");
  return NULL;
}

static const char *checkControl(const Answer *answer) {
  size_t size;
  const uint8_t *data = bytesOf(answer, RspBuf, &size);
  REFUSE(data == NULL, "the data are out of the response");
  return U32(answer->irp->request, ReqFsControlCode) == 0x900A8
             ? checkLink(data, size)
             : NULL;
}

static const char *checkStreams(const Answer *answer) {
  size_t size;
  const uint8_t *data = bytesOf(answer, RspBuf, &size);
  REFUSE(data == NULL, "the streams are out of the response");
  for (size_t at = 0; at < size;) {
    REFUSE(size - at < 2, "a stream is cut");
    size_t own = U16(data, at);
    if (own == 0)
      return at + 2 == size ? NULL : "streams behind the end of them";
    REFUSE(own < StreamName || own > size - at || own % 2 != 0,
           "a stream's Size is wrong");
    REFUSE(U64(data, at + StreamAllocationSize) < U64(data, at + StreamSize),
           "StreamAllocationSize is less than StreamSize");
    at += align8(own);
  }
  return NULL;
}

static const char *checkAttributes(const Answer *answer) {
  size_t size;
  return bytesOf(answer, RspBuf, &size) == NULL
             ? "the attributes are out of the response"
             : NULL;
}

static Check *const checks[] = {
    [Create] = checkCreate,
    [Overwrite] = checkInfoOnly,
    [Cleanup] = checkNothing,
    [Close] = checkNothing,
    [Read] = checkBytes,
    [Write] = checkWritten,
    [QueryInformation] = checkInfoOnly,
    [SetInformation] = checkInfoOnly,
    [QueryEa] = checkAttributes,
    [SetEa] = checkAttributes,
    [FlushBuffers] = checkFlushed,
    [QueryVolumeInformation] = checkVolume,
    [SetVolumeInformation] = checkVolume,
    [QueryDirectory] = checkEntries,
    [FileSystemControl] = checkControl,
    [DeviceControl] = checkAttributes,
    [Shutdown] = checkNothing,
    [LockControl] = checkNothing,
    [QuerySecurity] = checkSecurity,
    [SetSecurity] = checkNothing,
    [QueryStreamInformation] = checkStreams,
};

/* Success, an error of the system's own facility, or a link on the way. */
static const char *checkStatus(const Answer *answer, int32_t status) {
  uint32_t kind = answer->irp->kind;
  REFUSE(kind == Cleanup || kind == Close ? status != Success : false,
         "nothing can be done about its failure, so it has none");
  if (status == Success || (status == Reparse && kind == Create))
    return NULL;
  REFUSE(((uint32_t)status & 0xFFFF0000) != 0xC0000000,
         "Status is neither success nor an error");
  REFUSE(answer->information > (kind == Create ? 5 : 0),
         "an error with Information");
  REFUSE(answer->size != RspBuffer, "an error with bytes");
  return NULL;
}

const char *checkResponse(Volume *volume, const Irp *irp,
                          const uint8_t *response, size_t size) {
  Answer answer = {volume, irp, response, size, U32(response, RspInformation)};
  int32_t status = (int32_t)U32(response, RspStatus);
  REFUSE(U16(response, RspVersion) != 0, "Version is not 0");
  REFUSE(irp->mapping.base != NULL && !isIntact(&irp->mapping),
         "written before or behind the buffer");
  const char *why = checkStatus(&answer, status);
  REFUSE(why != NULL, why);
  if (status != Success && status != Reparse)
    return NULL;
  return irp->kind < Create || irp->kind > LastKind
             ? "success of what is not known"
             : checks[irp->kind](&answer);
}
