/*
 * Volumes: a queue of requests, those that the file system has, and the call
 * that hands them out and takes the answers.
 *
 * A request's Hint is what the driver uses, the address of an IRP: large, with
 * few values, and the one that was free last is taken first. Two of them may
 * differ by less than a double can tell.
 */
#include "standin.h"
#include <stdio.h>
#include <stdlib.h>

#define HINTS 0xFFFFBE0F12345010ull
enum { HintStep = 0x10, Volumes = 16 };

Settings settings;

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

static DWORD WINAPI expire(void *argument);

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
    CloseHandle(CreateThread(NULL, 0, expire, NULL, 0, NULL));
  }
  Volume *volume = newVolume(
      params, U16(params, ParamsVersion) == 0 ? ParamsSizeV0 : ParamsSize);
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

/* Queues a request; a refused one is still the caller's. */
static int32_t enqueue(Volume *volume, Irp *irp) {
  if (volume->state == New || volume->state == Stopping)
    return Cancelled;
  if (volume->state == Ended)
    return volume->endStatus;
  if (volume->queued >= volume->capacity || volume->freeCount == 0)
    return InsufficientResources;
  irp->volume = volume;
  irp->slot = volume->freeSlots[--volume->freeCount];
  irp->hint = HINTS + (uint64_t)irp->slot * HintStep;
  irp->queued = GetTickCount64();
  STORE(uint64_t, irp->request, ReqHint, irp->hint);
  volume->slots[irp->slot] = irp;
  irp->next = NULL;
  *(volume->head == NULL ? &volume->head : &volume->tail->next) = irp;
  volume->tail = irp;
  volume->queued++;
  if (volume->queued > volume->counters.mostQueued)
    volume->counters.mostQueued = volume->queued;
  WakeConditionVariable(&volume->changed);
  return Success;
}

int32_t postIrp(Volume *volume, Irp *irp) {
  AcquireSRWLockExclusive(&volume->lock);
  int32_t status = enqueue(volume, irp);
  if (status != Success)
    volume->counters.refused++;
  ReleaseSRWLockExclusive(&volume->lock);
  return status;
}

void releaseSlot(Irp *irp) {
  Volume *volume = irp->volume;
  AcquireSRWLockExclusive(&volume->lock);
  volume->freeSlots[volume->freeCount++] = irp->slot;
  ReleaseSRWLockExclusive(&volume->lock);
}

/* Takes a request out of the queue, or from the file system. Locked. */
static void take(Volume *volume, Irp *irp) {
  volume->slots[irp->slot] = NULL;
  if (irp->given) {
    volume->given--;
    return;
  }
  Irp **at = &volume->head, *before = NULL;
  while (*at != irp) {
    before = *at;
    at = &before->next;
  }
  *at = irp->next;
  if (volume->tail == irp)
    volume->tail = before;
  volume->queued--;
}

static void endWith(Irp *irp, int32_t status) {
  endIrp(irp, &(Outcome){.status = status});
}

/* Only what the file system does not have yet can be cancelled. */
bool cancelIrp(Volume *volume, const void *context, uint32_t id) {
  AcquireSRWLockExclusive(&volume->lock);
  Irp *irp = volume->head;
  while (irp != NULL && (irp->context != context || irp->id != id))
    irp = irp->next;
  if (irp != NULL) {
    take(volume, irp);
    volume->counters.cancelled++;
  }
  ReleaseSRWLockExclusive(&volume->lock);
  if (irp != NULL)
    endWith(irp, Cancelled);
  return irp != NULL;
}

/* Requests that waited too long to be asked for. */
static DWORD WINAPI expire(void *argument) {
  (void)argument;
  for (;;) {
    Sleep(20);
    Volume *volume = newestVolume();
    for (Irp *irp = NULL; volume != NULL;) {
      LONG set = settings.irpTimeout;
      uint64_t timeout = set > 0 ? (uint64_t)set : volume->irpTimeout;
      AcquireSRWLockExclusive(&volume->lock);
      irp = volume->head;
      if (irp != NULL && GetTickCount64() - irp->queued >= timeout) {
        take(volume, irp);
        volume->counters.expired++;
      } else {
        irp = NULL;
      }
      ReleaseSRWLockExclusive(&volume->lock);
      if (irp == NULL)
        break;
      endWith(irp, Cancelled);
    }
  }
  return 0;
}

/* Fails all there is, whoever has it: its memory goes, too. */
void endVolume(Volume *volume, enum State state, int32_t status) {
  AcquireSRWLockExclusive(&volume->lock);
  volume->endStatus = status;
  if (state > volume->state)
    volume->state = state;
  if (state == Ended) {
    volume->counters.abandoned += volume->given;
    for (int i = 0; i < Slots; i++)
      while (volume->slots[i] != NULL) {
        Irp *irp = volume->slots[i];
        take(volume, irp);
        ReleaseSRWLockExclusive(&volume->lock);
        endWith(irp, status);
        AcquireSRWLockExclusive(&volume->lock);
      }
  }
  WakeAllConditionVariable(&volume->changed);
  ReleaseSRWLockExclusive(&volume->lock);
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
  return Success;
}

/* The request that a response is for, out of the table; NULL: for none. */
static Irp *claim(Volume *volume, const uint8_t *response) {
  uint64_t hint = U64(response, RspHint), at = (hint - HINTS) / HintStep;
  uint32_t kind = U32(response, RspKind);
  const char *why = NULL;
  AcquireSRWLockExclusive(&volume->lock);
  Irp *irp = at < Slots ? volume->slots[at] : NULL;
  volume->counters.responses++;
  if (irp == NULL || irp->hint != hint)
    why = "its Hint is of no request";
  else if (!irp->given)
    why = "its request was not handed out yet";
  else if (irp->kind != kind)
    why = "its request is of another kind";
  else
    take(volume, irp);
  bool isOver = volume->state == Ended;
  ReleaseSRWLockExclusive(&volume->lock);
  if (why == NULL)
    return irp;
  if (!isOver)
    violation("%s %llx: %s", kindName(kind), (unsigned long long)hint, why);
  return NULL;
}

static void nameOf(const Irp *irp, char *text, size_t room) {
  Buf name = BUF(irp->request, ReqFileName);
  size_t at = ReqBuffer + name.Offset, length = 0;
  while (length + 1 < room && length * 2 + 1 < name.Size &&
         at + length * 2 + 1 < irp->size) {
    uint16_t unit = U16(irp->request, at + length * 2);
    if (unit == 0)
      break;
    text[length++] = unit < 128 ? (char)unit : '?';
  }
  text[length] = 0;
}

static void answer(Volume *volume, const uint8_t *response, size_t size) {
  Irp *irp = claim(volume, response);
  if (irp == NULL)
    return;
  char name[128];
  nameOf(irp, name, sizeof name);
  const char *why = checkResponse(volume, irp, response, size);
  int32_t status = (int32_t)U32(response, RspStatus);
  if (why == NULL && irp->kind == Create && status == Success &&
      !noteOpen(volume, U64(response, RspUserContext),
                U64(response, RspUserContext2), name))
    why = "UserContext2 is that of another handle";
  if (why != NULL)
    violation("%s %llx %s: %s", kindName(irp->kind),
              (unsigned long long)irp->hint, name, why);
  uint32_t information = U32(response, RspInformation);
  bool hasData = why == NULL && irp->mapping.base != NULL &&
                 irp->kind != Write && status == Success;
  uint8_t *data = NULL;
  if (hasData) {
    data = malloc(information + 1);
    memcpy(data, irp->mapping.address, information);
  }
  endIrp(irp, &(Outcome){.status = why == NULL ? status : InternalError,
                         .information = information,
                         .response = response,
                         .responseSize = size,
                         .data = data,
                         .dataSize = hasData ? information : 0});
  free(data);
}

/* One response after another; behind a malformed one the driver stops. */
static void consume(Volume *volume, const uint8_t *responses, size_t size) {
  for (size_t at = 0; at < size;) {
    size_t left = size - at;
    size_t own = left < RspBuffer ? 0 : U16(responses, at + RspSize);
    if (own < RspBuffer || own > left || own > RspSizeMax) {
      violation("a response of %zu bytes where %zu are left", own, left);
      return;
    }
    if (own % 8 != 0)
      violation("a response of %zu bytes, no multiple of 8", own);
    answer(volume, responses + at, own);
    at += align8(own);
  }
}

/* The next request that may be handed out, or NULL and how long to wait. */
static Irp *nextIrp(Volume *volume, uint64_t until, DWORD *wait) {
  uint64_t now = GetTickCount64();
  Irp *irp = volume->head;
  uint64_t left = until > now ? until - now : 0;
  *wait = left > 0x7FFFFFFF ? 0x7FFFFFFF : (DWORD)left;
  if (irp == NULL || settings.hold)
    return NULL;
  uint64_t due = irp->queued + (uint64_t)settings.delay;
  if (due <= now)
    return irp;
  if (due - now < *wait)
    *wait = (DWORD)(due - now);
  return NULL;
}

static size_t give(Volume *volume, Irp *irp, uint8_t *room) {
  take(volume, irp);
  irp->given = true;
  volume->slots[irp->slot] = irp;
  volume->given++;
  if (volume->given > volume->counters.mostGiven)
    volume->counters.mostGiven = volume->given;
  volume->counters.requests++;
  memcpy(room, irp->request, irp->size);
  return irp->size;
}

static void noteGiven(Volume *volume, const uint8_t *request, size_t size) {
  if (size >= ReqBuffer && U32(request, ReqKind) == Close)
    noteClose(volume, U64(request, ReqUserContext),
              U64(request, ReqUserContext2));
}

static int32_t hand(Volume *volume, uint8_t *room, size_t *size, bool isBatch) {
  size_t most = *size, used = 0;
  LONG set = settings.transactTimeout;
  uint64_t until = GetTickCount64() + (set > 0 ? (uint64_t)set : 86400000);
  AcquireSRWLockExclusive(&volume->lock);
  volume->looping++;
  volume->counters.transacts++;
  int32_t status = Success;
  for (;;) {
    DWORD wait;
    status = volume->state >= Stopping ? volume->endStatus : Success;
    if (status != Success)
      break;
    Irp *irp = nextIrp(volume, until, &wait);
    if (irp != NULL && align8(used) + irp->size <= most) {
      size_t at = align8(used);
      memset(room + used, 0, at - used);
      used = at + give(volume, irp, room + at);
      ReleaseSRWLockExclusive(&volume->lock);
      noteGiven(volume, room + at, used - at);
      AcquireSRWLockExclusive(&volume->lock);
      if (!isBatch)
        break;
    } else if (used > 0) {
      break;
    } else if (wait == 0) {
      volume->counters.timeouts++;
      break;
    } else {
      SleepConditionVariableSRW(&volume->changed, &volume->lock, wait, 0);
    }
  }
  volume->looping--;
  ReleaseSRWLockExclusive(&volume->lock);
  *size = status == Success ? used : 0;
  return status;
}

/*
 * Takes responses, then blocks for a request. Without either it tells the
 * driver that the file system is there; without room it never blocks.
 */
__declspec(dllexport) int32_t FspFsctlTransact(HANDLE handle,
                                               const uint8_t *response,
                                               size_t responseSize,
                                               uint8_t *request,
                                               size_t *requestSize,
                                               uint8_t batch) {
  Volume *volume = volumeOf(handle);
  if (volume == NULL)
    return InvalidHandle;
  if (response == NULL && request == NULL) {
    AcquireSRWLockExclusive(&volume->lock);
    if (volume->state == New)
      volume->state = Ready;
    ReleaseSRWLockExclusive(&volume->lock);
    return Success;
  }
  if (response != NULL && responseSize > 0)
    consume(volume, response, responseSize);
  if (request == NULL) {
    AcquireSRWLockShared(&volume->lock);
    bool isOver = volume->state == Ended;
    int32_t status = isOver ? volume->endStatus : Success;
    ReleaseSRWLockShared(&volume->lock);
    return status;
  }
  if (requestSize == NULL || *requestSize < ReqSizeMax) {
    violation("room for a request is %zu bytes, less than %d",
              requestSize == NULL ? 0 : *requestSize, ReqSizeMax);
    return InvalidParameter;
  }
  return hand(volume, request, requestSize, batch != 0);
}
