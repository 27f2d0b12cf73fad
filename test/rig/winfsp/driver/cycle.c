/*
 * Programs that open, read and close a file over and over, without a channel
 * between them and the driver: for the time that takes, and for many rounds.
 *
 *     pid u32 | token u32 | rounds u32 | threads u32 | length u32 |
 *     flags u32 | path (UTF-16, without a NUL)
 *
 * Each round is Create, Read from 0 until the end of the file or, with flag 1,
 * once, and Close; with a Cleanup before where the volume asks for it. Flag 2
 * leaves Read out.
 */
#include "standin.h"
#include <stdio.h>
#include <stdlib.h>

enum { OnlyOnce = 1, NoRead = 2 };

typedef struct {
  Volume *volume;
  uint32_t pid, token, rounds, length, flags;
  const uint8_t *path;
  size_t pathSize;
  volatile LONG failed, firstStatus;
  volatile LONG64 bytes;
  uint64_t *times; /* of each round, in ticks */
  volatile LONG next;
} Plan;

typedef struct {
  SRWLOCK lock;
  CONDITION_VARIABLE changed;
  bool isDone;
  int32_t status;
  uint32_t information;
  uint64_t context, context2;
} Call;

static void called(Irp *irp, const Outcome *outcome) {
  Call *call = irp->context;
  AcquireSRWLockExclusive(&call->lock);
  call->status = outcome->status;
  call->information = outcome->information;
  if (irp->kind == Create && outcome->status == Success) {
    call->context = U64(outcome->response, RspUserContext);
    call->context2 = U64(outcome->response, RspUserContext2);
  }
  call->isDone = true;
  WakeConditionVariable(&call->changed);
  ReleaseSRWLockExclusive(&call->lock);
}

static int32_t ask(const Plan *plan, Call *call, uint8_t *request,
                   size_t size) {
  Irp *irp;
  STORE(uint16_t, request, ReqSize, size);
  int32_t status = newIrp(request, size, plan->pid, plan->token,
                          OptionToken | OptionBuffer, NULL, 0, &irp);
  if (status != Success)
    return status;
  call->isDone = false;
  irp->context = call;
  irp->complete = called;
  status = postIrp(plan->volume, irp);
  if (status != Success) {
    freeIrp(irp);
    return status;
  }
  AcquireSRWLockExclusive(&call->lock);
  while (!call->isDone)
    SleepConditionVariableSRW(&call->changed, &call->lock, INFINITE, 0);
  ReleaseSRWLockExclusive(&call->lock);
  return call->status;
}

static int32_t askOfHandle(const Plan *plan, Call *call, uint32_t kind,
                           uint64_t offset) {
  uint8_t request[ReqBuffer] = {0};
  STORE(uint32_t, request, ReqKind, kind);
  STORE(uint64_t, request, ReqUserContext, call->context);
  STORE(uint64_t, request, ReqUserContext2, call->context2);
  if (kind == Read) {
    STORE(uint64_t, request, ReqOffset, offset);
    STORE(uint32_t, request, ReqLength, plan->length);
  }
  return ask(plan, call, request, sizeof request);
}

static int32_t open(const Plan *plan, Call *call) {
  uint8_t request[ReqBuffer + 2048] = {0};
  uint32_t access = plan->flags & NoRead ? 0x100080 : 0x120089;
  STORE(uint32_t, request, ReqKind, Create);
  STORE(uint32_t, request, ReqCreateOptions, 1u << 24 | 0x20);
  STORE(uint32_t, request, ReqDesiredAccess, access);
  STORE(uint32_t, request, 56, 7);
  STORE(uint32_t, request, ReqCreateFlags, 3);
  STORE(uint16_t, request, ReqFileName + 2, plan->pathSize + 2);
  memcpy(request + ReqBuffer, plan->path, plan->pathSize);
  return ask(plan, call, request, ReqBuffer + align8(plan->pathSize + 2));
}

static int32_t readAll(Plan *plan, Call *call) {
  if (plan->flags & NoRead)
    return Success;
  for (uint64_t offset = 0;;) {
    int32_t status = askOfHandle(plan, call, Read, offset);
    if (status == EndOfFile)
      return Success;
    if (status != Success)
      return status;
    InterlockedAdd64(&plan->bytes, call->information);
    offset += call->information;
    if (plan->flags & OnlyOnce)
      return Success;
  }
}

static int32_t cycle(Plan *plan, Call *call) {
  int32_t status = open(plan, call);
  if (status != Success)
    return status;
  status = readAll(plan, call);
  uint32_t flags = U32(plan->volume->params, ParamsFlags);
  if (!(flags & VolumePostCleanupWhenModifiedOnly))
    askOfHandle(plan, call, Cleanup, 0);
  int32_t closed = askOfHandle(plan, call, Close, 0);
  return status != Success ? status : closed;
}

static DWORD WINAPI worker(void *argument) {
  Plan *plan = argument;
  Call call = {.lock = SRWLOCK_INIT, .changed = CONDITION_VARIABLE_INIT};
  for (;;) {
    LONG at = InterlockedIncrement(&plan->next) - 1;
    if (at >= (LONG)plan->rounds)
      break;
    LARGE_INTEGER from, to;
    QueryPerformanceCounter(&from);
    int32_t status = cycle(plan, &call);
    QueryPerformanceCounter(&to);
    plan->times[at] = (uint64_t)(to.QuadPart - from.QuadPart);
    if (status != Success && InterlockedIncrement(&plan->failed) == 1)
      plan->firstStatus = status;
  }
  return 0;
}

static int byNumber(const void *one, const void *other) {
  uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
  return (a > b) - (a < b);
}

/* JSON: rounds, failed, status of the first failure, bytes, microseconds. */
char *runCycles(Volume *volume, const uint8_t *body, size_t size) {
  char *text = malloc(512);
  strcpy(text, "{}");
  if (size < 24 || size > 24 + 2000 || U32(body, 8) - 1 >= 10000000 ||
      U32(body, 12) - 1 >= MAXIMUM_WAIT_OBJECTS)
    return text;
  Plan plan = {.volume = volume,
               .pid = U32(body, 0),
               .token = U32(body, 4),
               .rounds = U32(body, 8),
               .length = U32(body, 16),
               .flags = U32(body, 20),
               .path = body + 24,
               .pathSize = size - 24};
  plan.times = calloc(plan.rounds, sizeof *plan.times);
  uint32_t count = U32(body, 12);
  HANDLE threads[MAXIMUM_WAIT_OBJECTS];
  LARGE_INTEGER from, to, second;
  QueryPerformanceFrequency(&second);
  QueryPerformanceCounter(&from);
  for (uint32_t i = 0; i < count; i++)
    threads[i] = CreateThread(NULL, 0, worker, &plan, 0, NULL);
  WaitForMultipleObjects(count, threads, TRUE, INFINITE);
  QueryPerformanceCounter(&to);
  for (uint32_t i = 0; i < count; i++)
    CloseHandle(threads[i]);
  qsort(plan.times, plan.rounds, sizeof *plan.times, byNumber);
  double tick = 1e6 / (double)second.QuadPart;
  sprintf(text,
          "{\"rounds\":%u,\"failed\":%ld,\"status\":%ld,\"bytes\":%lld,"
          "\"total\":%.1f,\"median\":%.1f,\"p99\":%.1f,\"most\":%.1f}",
          (unsigned)plan.rounds, plan.failed, plan.firstStatus,
          (long long)plan.bytes, (double)(to.QuadPart - from.QuadPart) * tick,
          (double)plan.times[plan.rounds / 2] * tick,
          (double)plan.times[plan.rounds - 1 - plan.rounds / 100] * tick,
          (double)plan.times[plan.rounds - 1] * tick);
  free(plan.times);
  return text;
}
