/* One request: what belongs to it, from when it is made to when it ends. */
#include "standin.h"
#include <stdlib.h>

static const char *const names[] = {
    [Create] = "Create",
    [Overwrite] = "Overwrite",
    [Cleanup] = "Cleanup",
    [Close] = "Close",
    [Read] = "Read",
    [Write] = "Write",
    [QueryInformation] = "QueryInformation",
    [SetInformation] = "SetInformation",
    [QueryEa] = "QueryEa",
    [SetEa] = "SetEa",
    [FlushBuffers] = "FlushBuffers",
    [QueryVolumeInformation] = "QueryVolumeInformation",
    [SetVolumeInformation] = "SetVolumeInformation",
    [QueryDirectory] = "QueryDirectory",
    [FileSystemControl] = "FileSystemControl",
    [DeviceControl] = "DeviceControl",
    [Shutdown] = "Shutdown",
    [LockControl] = "LockControl",
    [QuerySecurity] = "QuerySecurity",
    [SetSecurity] = "SetSecurity",
    [QueryStreamInformation] = "QueryStreamInformation",
};

const char *kindName(uint32_t kind) {
  return kind >= Create && kind <= LastKind ? names[kind] : "unknown kind";
}

/* Where a request of a kind has its token; 0: nowhere. */
static size_t tokenAt(const Irp *irp) {
  if (irp->kind == Create)
    return ReqAccessToken;
  uint32_t class = U32(irp->request, ReqInformationClass);
  return irp->kind == SetInformation &&
                 (class == ClassRename || class == ClassRenameEx)
             ? ReqRenameToken
             : 0;
}

static size_t lengthAt(uint32_t kind) {
  if (kind == QueryDirectory)
    return ReqDirectoryLength;
  return kind == Read || kind == Write ? ReqLength : 0;
}

static int32_t equip(Irp *irp, uint32_t token, uint32_t options,
                     const uint8_t *data, size_t dataSize) {
  size_t at = options & OptionToken ? tokenAt(irp) : 0;
  if (at != 0) {
    int32_t status = tokenFor(token, &irp->token);
    if (status != Success)
      return status;
    STORE(uint64_t, irp->request, at,
          (uint64_t)irp->pid << 32 | (uint32_t)(uintptr_t)irp->token);
    if (token & TokenBogus)
      irp->token = NULL; /* nothing to close */
  }
  at = options & OptionBuffer ? lengthAt(irp->kind) : 0;
  if (at == 0)
    return Success;
  uint32_t length = U32(irp->request, at);
  if (length > 64 * 1024 * 1024 ||
      !mapBuffer(&irp->mapping, length, irp->kind == QueryDirectory))
    return InsufficientResources;
  memcpy(irp->mapping.address, data, dataSize < length ? dataSize : length);
  STORE(uint64_t, irp->request, ReqAddress, (uintptr_t)irp->mapping.address);
  return Success;
}

int32_t newIrp(const uint8_t *request, size_t size, uint32_t pid,
               uint32_t token, uint32_t options, const uint8_t *data,
               size_t dataSize, Irp **made) {
  if (size < ReqUserContext || size > ReqSizeMax)
    return InvalidParameter;
  Irp *irp = calloc(1, sizeof *irp);
  irp->slot = -1;
  /* room for every fixed field, however short the request is */
  irp->request = calloc(1, size + ReqBuffer);
  memcpy(irp->request, request, size);
  irp->size = size;
  irp->pid = pid;
  irp->kind = U32(request, ReqKind);
  int32_t status = equip(irp, token, options, data, dataSize);
  if (status != Success) {
    freeIrp(irp);
    return status;
  }
  *made = irp;
  return Success;
}

void freeIrp(Irp *irp) {
  unmapBuffer(&irp->mapping);
  if (irp->token != NULL) {
    if (!CloseHandle(irp->token))
      violation("%s: its token was closed by the file system",
                kindName(irp->kind));
    InterlockedDecrement(&tokenCount);
  }
  if (irp->slot >= 0)
    releaseSlot(irp);
  free(irp->request);
  free(irp);
}

/* Takes back all that was lent, then tells who waits. */
void endIrp(Irp *irp, const Outcome *outcome) {
  Complete *complete = irp->complete;
  Irp told = *irp;
  freeIrp(irp);
  complete(&told, outcome);
}
