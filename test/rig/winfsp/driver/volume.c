/* Volumes: made, found by their handles, and stopped. */
#include "standin.h"
#include <stdio.h>
#include <stdlib.h>

enum { Volumes = 16 };

static SRWLOCK lock = SRWLOCK_INIT;
static Volume *volumes[Volumes];
static uint32_t count;

Volume *newestVolume(void) {
  AcquireSRWLockShared(&lock);
  Volume *volume = count == 0 ? NULL : volumes[(count - 1) % Volumes];
  ReleaseSRWLockShared(&lock);
  return volume;
}

Volume *volumeOf(HANDLE handle) {
  AcquireSRWLockShared(&lock);
  Volume *found = NULL;
  /* the newest first: a handle that was closed may be had again */
  for (uint32_t i = count; i > 0 && i + Volumes > count && !found; i--)
    if (volumes[(i - 1) % Volumes]->handle == handle)
      found = volumes[(i - 1) % Volumes];
  ReleaseSRWLockShared(&lock);
  return found;
}

static uint32_t within(uint32_t value, uint32_t least, uint32_t most,
                       uint32_t otherwise) {
  return value >= least && value <= most ? value : otherwise;
}

static Volume *newVolume(const uint8_t *params, size_t size) {
  Volume *volume = calloc(1, sizeof *volume);
  memcpy(volume->params, params, size);
  volume->irpTimeout = within(U32(params, ParamsIrpTimeout), 60000, 600000,
                              300000);
  volume->capacity = within(U32(params, ParamsIrpCapacity), 100, 1000, 1000);
  volume->freeCount = Slots;
  for (int i = 0; i < Slots; i++)
    volume->freeSlots[i] = Slots - 1 - i;
  volume->handle = CreateEventW(NULL, TRUE, FALSE, NULL);
  InitializeConditionVariable(&volume->changed);
  return volume;
}

/* The parameters may be those of before version 1.5, which are shorter. */
static int32_t refusal(const wchar_t *device, const uint8_t *params) {
  bool isNet = wcscmp(device, L"WinFsp.Net") == 0;
  if (!isNet && wcscmp(device, L"WinFsp.Disk") != 0)
    return NoSuchDevice;
  uint16_t version = U16(params, ParamsVersion);
  if (version != 0 && version != ParamsSize)
    return InvalidParameter;
  const uint16_t *prefix = (const uint16_t *)(params + ParamsPrefix);
  int parts = 0;
  for (int i = 0; i < ParamsPrefixChars && prefix[i] != 0; i++)
    if (prefix[i] == '\\' && prefix[i + 1] != 0 && prefix[i + 1] != '\\')
      parts++;
  bool isPrefixRight = isNet ? prefix[0] == '\\' && prefix[1] != '\\' &&
                                   parts >= 2 &&
                                   prefix[ParamsPrefixChars - 1] == 0
                             : prefix[0] == 0;
  return isPrefixRight ? Success : InvalidParameter;
}

/* No two volumes of a machine have one prefix; case is none. */
static int32_t takeShare(Volume *volume) {
  wchar_t name[ParamsPrefixChars + 32] = L"winprocfs-standin";
  size_t end = wcslen(name);
  const uint16_t *prefix = (const uint16_t *)(volume->params + ParamsPrefix);
  for (int i = 0; prefix[i] != 0; i++)
    name[end++] = prefix[i] == '\\' ? '!' : prefix[i];
  _wcslwr(name);
  HANDLE mutex = CreateMutexW(NULL, FALSE, name);
  if (mutex == NULL)
    return InsufficientResources;
  if (GetLastError() == ERROR_ALREADY_EXISTS) {
    CloseHandle(mutex);
    return NameCollision;
  }
  volume->share = mutex;
  return Success;
}

__declspec(dllexport) int32_t
FspFsctlCreateVolume(const wchar_t *device, const uint8_t *params,
                     uint16_t *name, size_t nameSize, HANDLE *handle) {
  *handle = INVALID_HANDLE_VALUE;
  int32_t status =
      (int32_t)setting("WINPROCFS_STANDIN_CREATE", (uint32_t)Success);
  if (status == Success)
    status = refusal(device, params);
  if (status != Success)
    return status;
  static volatile LONG watching;
  if (InterlockedExchange(&watching, 1) == 0) {
    watchMemory();
    startExpiring();
  }
  Volume *volume = newVolume(
      params, U16(params, ParamsVersion) == 0 ? ParamsSizeV0 : ParamsSize);
  volume->isNet = wcscmp(device, L"WinFsp.Net") == 0;
  if (volume->isNet && (status = takeShare(volume)) != Success) {
    CloseHandle(volume->handle);
    free(volume);
    return status;
  }
  char text[64];
  int length = snprintf(text, sizeof text,
                        "\\Device\\Volume{%08lx-0000-4000-8000-%012lx}",
                        GetCurrentProcessId(), (unsigned long)count);
  for (int i = 0; i <= length; i++)
    volume->name[i] = (uint16_t)text[i];
  if (nameSize < 2 * (size_t)(length + 1))
    return InvalidParameter;
  memcpy(name, volume->name, 2 * (size_t)(length + 1));
  AcquireSRWLockExclusive(&lock);
  volumes[count++ % Volumes] = volume;
  ReleaseSRWLockExclusive(&lock);
  *handle = volume->handle;
  return startControl() ? Success : InsufficientResources;
}

__declspec(dllexport) int32_t FspFsctlStop0(HANDLE handle) {
  Volume *volume = volumeOf(handle);
  if (volume == NULL)
    return InvalidHandle;
  endVolume(volume, Stopping, Cancelled);
  return Success;
}

__declspec(dllexport) int32_t FspFsctlStop(HANDLE handle) {
  Volume *volume = volumeOf(handle);
  if (volume == NULL)
    return InvalidHandle;
  AcquireSRWLockExclusive(&volume->lock);
  bool isLooping = volume->looping > 0, isRunning = volume->state < Stopping;
  ReleaseSRWLockExclusive(&volume->lock);
  if (isRunning)
    violation("FspFsctlStop without FspFsctlStop0 before it");
  else if (isLooping)
    violation("FspFsctlStop while a thread is in FspFsctlTransact");
  endVolume(volume, Ended, Cancelled);
  if (volume->share != NULL)
    CloseHandle(volume->share);
  volume->share = NULL;
  return Success;
}
