/* The one call of a loop: answers go in, a request comes out. */
#include "standin.h"
#include <stdlib.h>

/* The request that a response is for, out of the table; NULL: for none. */
static Irp *claim(Volume *volume, const uint8_t *response) {
  uint64_t hint = U64(response, RspHint), at = (hint - FirstHint) / HintStep;
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
    takeIrp(volume, irp);
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
  takeIrp(volume, irp);
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
