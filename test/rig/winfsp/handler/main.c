/*
 * The least file system in C, as a measure for others: one file of so many
 * bytes, which are copied when they are read.
 *
 *     handler DLL SIZE [batch] [cleanup]
 *
 * Says `mounted`; ends when the volume is stopped. With `batch` it takes as
 * many requests as there are and answers them in one call; with `cleanup` it
 * wants a Cleanup of each file.
 */
#include "../driver/standin.h"
#include <stdio.h>
#include <stdlib.h>

#define IMPORT(name, result, ...)                                              \
  result (*name)(__VA_ARGS__) =                                                \
      (result (*)(__VA_ARGS__))(void *)GetProcAddress(library, #name)

enum { Room = 65536 };

static uint8_t params[ParamsSize], requests[Room], responses[Room];

/* Those at hand. */
static const uint8_t *request;
static uint8_t *response;

static void tell(size_t at, size_t size) {
  FileInfo info = {.FileAttributes = FILE_ATTRIBUTE_READONLY,
                   .AllocationSize = (size + 4095) & ~4095ull,
                   .FileSize = size,
                   .IndexNumber = 7};
  STORE(FileInfo, response, at, info);
}

static int32_t readFrom(const uint8_t *bytes, size_t size) {
  uint64_t offset = U64(request, ReqOffset);
  if (offset >= size)
    return EndOfFile;
  uint32_t length = U32(request, ReqLength);
  if (length > size - offset)
    length = (uint32_t)(size - offset);
  memcpy((void *)(uintptr_t)U64(request, ReqAddress), bytes + offset, length);
  STORE(uint32_t, response, RspInformation, length);
  return Success;
}

static int32_t answer(const uint8_t *bytes, size_t size) {
  static uint64_t last;
  switch (U32(request, ReqKind)) {
  case Create:
    STORE(uint32_t, response, RspInformation, 1);
    STORE(uint64_t, response, RspUserContext2, ++last);
    STORE(uint32_t, response, RspGrantedAccess,
          U32(request, ReqDesiredAccess));
    tell(RspCreateInfo, size);
    return Success;
  case Read:
    return readFrom(bytes, size);
  case QueryInformation:
    tell(RspInfo, size);
    return Success;
  case Cleanup:
  case Close:
    return Success;
  default:
    return NotSupported;
  }
}

/* Answers one request behind another; the size of the responses. */
static size_t answerAll(size_t got, const uint8_t *bytes, size_t size) {
  size_t made = 0;
  for (size_t at = 0; at < got; at += align8(U16(request, ReqSize))) {
    request = requests + at;
    response = responses + made;
    memset(response, 0, RspBuffer);
    STORE(uint16_t, response, RspSize, RspBuffer);
    STORE(uint32_t, response, RspKind, U32(request, ReqKind));
    STORE(uint64_t, response, RspHint, U64(request, ReqHint));
    STORE(int32_t, response, RspStatus, answer(bytes, size));
    made += RspBuffer;
  }
  return made;
}

static bool has(int count, char **arguments, const char *wanted) {
  for (int i = 3; i < count; i++)
    if (strcmp(arguments[i], wanted) == 0)
      return true;
  return false;
}

int main(int count, char **arguments) {
  HMODULE library = LoadLibraryA(count > 1 ? arguments[1] : "");
  if (library == NULL)
    return 2;
  IMPORT(FspFsctlCreateVolume, int32_t, const wchar_t *, const uint8_t *,
         uint16_t *, size_t, HANDLE *);
  IMPORT(FspFsctlTransact, int32_t, HANDLE, const uint8_t *, size_t, uint8_t *,
         size_t *, uint8_t);
  size_t size = count > 2 ? (size_t)atoi(arguments[2]) : 0;
  bool isBatch = has(count, arguments, "batch");
  uint32_t flags = has(count, arguments, "cleanup")
                       ? 0
                       : VolumePostCleanupWhenModifiedOnly;
  uint8_t *bytes = malloc(size + 1);
  for (size_t i = 0; i < size; i++)
    bytes[i] = (uint8_t)i;
  uint16_t name[256];
  HANDLE volume;
  STORE(uint16_t, params, ParamsVersion, ParamsSize);
  STORE(uint32_t, params, ParamsFlags, VolumeReadOnly | flags);
  if (FspFsctlCreateVolume(L"WinFsp.Disk", params, name, sizeof name,
                           &volume) != Success)
    return 3;
  FspFsctlTransact(volume, NULL, 0, NULL, NULL, 0);
  puts("mounted");
  fflush(stdout);
  for (size_t made = 0;;) {
    size_t got = isBatch ? sizeof requests : ReqSizeMax;
    if (FspFsctlTransact(volume, made ? responses : NULL, made, requests, &got,
                         isBatch) != Success)
      return 0;
    made = answerAll(got, bytes, size);
  }
}
