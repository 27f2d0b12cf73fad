/*
 * The control channel: a port of 127.0.0.1 where tests submit requests and
 * steer the driver. All numbers are little-endian.
 *
 *     to us      length u32 | verb u32 | id u32 | body
 *     from us    length u32 | id u32 | status i32 | body
 *
 * Length counts what follows it. Answers come in any order.
 */
#include "standin.h"
#include <stdio.h>
#include <stdlib.h>

enum Verb {
  /*
   * pid, token, options, data size: u32; data; the request. Token and options
   * are bits of standin.h; the Hint and, by options, the token and the buffer
   * are put into the request here.
   * -> Information u32, size u32; the response; what was written to the buffer
   */
  Submit = 1,
  Params,     /* -> the parameters of the volume */
  Stats,      /* -> JSON */
  Violations, /* take u32 -> lines */
  Stop,       /* from outside, as FspFsctlStop does */
  Gone,       /* status: what FspFsctlTransact returns from now on */
  Set,        /* which u32 of Settings, value u32 */
  Cancel,     /* id u32 of a request */
  OpenHandles, /* -> lines */
  Cycle        /* see cycle.c -> JSON */
};

enum { Longest = 80 * 1024 * 1024 };

typedef struct Message {
  struct Message *next;
  size_t size;
  uint8_t bytes[];
} Message;

typedef struct {
  SOCKET socket;
  volatile LONG uses;
  SRWLOCK lock;
  CONDITION_VARIABLE changed;
  Message *head, *tail;
  bool isOver;
} Connection;

static void leave(Connection *connection) {
  if (InterlockedDecrement(&connection->uses) != 0)
    return;
  closesocket(connection->socket);
  while (connection->head != NULL) {
    Message *message = connection->head;
    connection->head = message->next;
    free(message);
  }
  free(connection);
}

typedef struct {
  const void *bytes;
  size_t size;
} Part;

static void reply(Connection *connection, uint32_t id, int32_t status,
                  const Part *parts, int count) {
  size_t size = 12;
  for (int i = 0; i < count; i++)
    size += parts[i].size;
  Message *message = malloc(sizeof *message + size);
  message->next = NULL;
  message->size = size;
  STORE(uint32_t, message->bytes, 0, size - 4);
  STORE(uint32_t, message->bytes, 4, id);
  STORE(int32_t, message->bytes, 8, status);
  size = 12;
  for (int i = 0; i < count; size += parts[i++].size)
    if (parts[i].size > 0)
      memcpy(message->bytes + size, parts[i].bytes, parts[i].size);
  AcquireSRWLockExclusive(&connection->lock);
  *(connection->head == NULL ? &connection->head : &connection->tail->next) =
      message;
  connection->tail = message;
  WakeConditionVariable(&connection->changed);
  ReleaseSRWLockExclusive(&connection->lock);
}

static void replyText(Connection *connection, uint32_t id, char *text) {
  reply(connection, id, Success, &(Part){text, strlen(text)}, 1);
  free(text);
}

static bool sendAll(SOCKET socket, const uint8_t *bytes, size_t size) {
  while (size > 0) {
    int sent = send(socket, (const char *)bytes,
                    (int)(size > 1 << 20 ? 1 << 20 : size), 0);
    if (sent <= 0)
      return false;
    bytes += sent;
    size -= (size_t)sent;
  }
  return true;
}

static bool receive(SOCKET socket, uint8_t *bytes, size_t size) {
  while (size > 0) {
    int got = recv(socket, (char *)bytes,
                   (int)(size > 1 << 20 ? 1 << 20 : size), 0);
    if (got <= 0)
      return false;
    bytes += got;
    size -= (size_t)got;
  }
  return true;
}

/* Its own thread: who answers a request must not wait for who reads. */
static DWORD WINAPI writer(void *argument) {
  Connection *connection = argument;
  for (bool isOver = false; !isOver;) {
    AcquireSRWLockExclusive(&connection->lock);
    while (connection->head == NULL && !connection->isOver)
      SleepConditionVariableSRW(&connection->changed, &connection->lock,
                                INFINITE, 0);
    Message *message = connection->head;
    if (message != NULL)
      connection->head = message->next;
    ReleaseSRWLockExclusive(&connection->lock);
    isOver = message == NULL ||
             !sendAll(connection->socket, message->bytes, message->size);
    free(message);
  }
  leave(connection);
  return 0;
}

static void completed(Irp *irp, const Outcome *outcome) {
  Connection *connection = irp->context;
  uint32_t sizes[] = {outcome->information, (uint32_t)outcome->responseSize};
  Part parts[] = {{sizes, sizeof sizes},
                  {outcome->response, outcome->responseSize},
                  {outcome->data, outcome->dataSize}};
  reply(connection, irp->id, outcome->status, parts, 3);
  leave(connection);
}

static void submit(Connection *connection, Volume *volume, uint32_t id,
                   const uint8_t *body, size_t size) {
  int32_t status = InvalidParameter;
  Irp *irp = NULL;
  if (size >= 16 && U32(body, 12) <= size - 16) {
    uint32_t dataSize = U32(body, 12);
    status = newIrp(body + 16 + dataSize, size - 16 - dataSize, U32(body, 0),
                    U32(body, 4), U32(body, 8), body + 16, dataSize, &irp);
  }
  if (irp != NULL) {
    irp->id = id;
    irp->context = connection;
    irp->complete = completed;
    InterlockedIncrement(&connection->uses);
    status = postIrp(volume, irp);
    if (status == Success)
      return; /* answered when it is */
    freeIrp(irp);
    leave(connection);
  }
  uint32_t none[2] = {0};
  reply(connection, id, status, &(Part){none, sizeof none}, 1);
}

static char *statsText(Volume *volume) {
  char *text = malloc(2048);
  AcquireSRWLockShared(&volume->lock);
  const Counters *count = &volume->counters;
#define NUMBER(name, value)                                                    \
  end += sprintf(end, "%s\"" name "\":%llu", end[-1] == '{' ? "" : ",",        \
                 (unsigned long long)(value))
  char *end = text + sprintf(text, "{");
  static const char *const states[] = {"new", "ready", "stopping", "ended"};
  end += sprintf(end, "\"state\":\"%s\",\"mountPoint\":\"", states[volume->state]);
  for (const char *at = volume->mountPoint; *at != 0; at++)
    end += sprintf(end, "%s%c", *at == '\\' || *at == '"' ? "\\" : "", *at);
  end += sprintf(end, "\",\"prefix\":\"");
  const uint16_t *prefix = (const uint16_t *)(volume->params + ParamsPrefix);
  for (; *prefix != 0; prefix++)
    end += sprintf(end, "%s%c", *prefix == '\\' ? "\\" : "",
                   *prefix < 128 ? (char)*prefix : '?');
  end += sprintf(end, "\",\"isNet\":%s", volume->isNet ? "true" : "false");
  NUMBER("queued", volume->queued);
  NUMBER("given", volume->given);
  NUMBER("looping", volume->looping);
  NUMBER("handles", volume->handleCount);
  NUMBER("mapped", mappedCount);
  NUMBER("tokens", tokenCount);
  NUMBER("violations", violationCount());
  NUMBER("transacts", count->transacts);
  NUMBER("timeouts", count->timeouts);
  NUMBER("requests", count->requests);
  NUMBER("responses", count->responses);
  NUMBER("opened", count->opened);
  NUMBER("closed", count->closed);
  NUMBER("expired", count->expired);
  NUMBER("cancelled", count->cancelled);
  NUMBER("refused", count->refused);
  NUMBER("abandoned", count->abandoned);
  NUMBER("mostGiven", count->mostGiven);
  NUMBER("mostQueued", count->mostQueued);
  sprintf(end, "}");
  ReleaseSRWLockShared(&volume->lock);
  return text;
}

static int32_t set(Volume *volume, uint32_t which, uint32_t value) {
  volatile LONG *const all[] = {&settings.delay, &settings.hold,
                                &settings.transactTimeout,
                                &settings.irpTimeout};
  if (which >= sizeof all / sizeof *all)
    return InvalidParameter;
  AcquireSRWLockExclusive(&volume->lock);
  *all[which] = (LONG)value;
  WakeAllConditionVariable(&volume->changed);
  ReleaseSRWLockExclusive(&volume->lock);
  return Success;
}

typedef struct {
  Connection *connection;
  Volume *volume;
  uint32_t id;
  size_t size;
  uint8_t body[];
} Job;

static DWORD WINAPI cycleJob(void *argument) {
  Job *job = argument;
  replyText(job->connection, job->id,
            runCycles(job->volume, job->body, job->size));
  leave(job->connection);
  free(job);
  return 0;
}

static void startCycles(Connection *connection, Volume *volume, uint32_t id,
                        const uint8_t *body, size_t size) {
  Job *job = malloc(sizeof *job + size);
  *job = (Job){connection, volume, id, size};
  memcpy(job->body, body, size);
  InterlockedIncrement(&connection->uses);
  CloseHandle(CreateThread(NULL, 0, cycleJob, job, 0, NULL));
}

static void act(Connection *connection, uint32_t verb, uint32_t id,
                const uint8_t *body, size_t size) {
  Volume *volume = newestVolume();
  uint32_t first = size >= 4 ? U32(body, 0) : 0;
  uint32_t second = size >= 8 ? U32(body, 4) : 0;
  int32_t status = Success;
  switch (verb) {
  case Submit:
    submit(connection, volume, id, body, size);
    return;
  case Params:
    reply(connection, id, Success, &(Part){volume->params, ParamsSize}, 1);
    return;
  case Stats:
    replyText(connection, id, statsText(volume));
    return;
  case Violations:
    replyText(connection, id, violationText(first != 0));
    return;
  case OpenHandles:
    replyText(connection, id, handleText(volume));
    return;
  case Cycle:
    startCycles(connection, volume, id, body, size);
    return;
  /* told first: this process may end of it before it could be */
  case Stop:
    reply(connection, id, Success, NULL, 0);
    endVolume(volume, Ended, Cancelled);
    return;
  case Gone:
    reply(connection, id, Success, NULL, 0);
    endVolume(volume, Ended, (int32_t)first);
    return;
  case Set:
    status = set(volume, first, second);
    break;
  case Cancel:
    status = cancelIrp(volume, connection, first) ? Success : NotSupported;
    break;
  default:
    status = InvalidParameter;
  }
  reply(connection, id, status, NULL, 0);
}

static DWORD WINAPI reader(void *argument) {
  Connection *connection = argument;
  uint8_t header[4];
  while (receive(connection->socket, header, sizeof header)) {
    uint32_t length = U32(header, 0);
    if (length < 8 || length > Longest)
      break;
    uint8_t *message = malloc(length);
    bool isWhole = receive(connection->socket, message, length);
    if (isWhole)
      act(connection, U32(message, 0), U32(message, 4), message + 8,
          length - 8);
    free(message);
    if (!isWhole)
      break;
  }
  AcquireSRWLockExclusive(&connection->lock);
  connection->isOver = true;
  WakeConditionVariable(&connection->changed);
  ReleaseSRWLockExclusive(&connection->lock);
  leave(connection);
  return 0;
}

static DWORD WINAPI listener(void *argument) {
  SOCKET listening = (SOCKET)argument;
  for (;;) {
    SOCKET socket = accept(listening, NULL, NULL);
    if (socket == INVALID_SOCKET)
      return 0;
    BOOL on = TRUE;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, (char *)&on, sizeof on);
    Connection *connection = calloc(1, sizeof *connection);
    connection->socket = socket;
    connection->uses = 2;
    CloseHandle(CreateThread(NULL, 0, writer, connection, 0, NULL));
    CloseHandle(CreateThread(NULL, 0, reader, connection, 0, NULL));
  }
}

/* The port, to where WINPROCFS_STANDIN_PORT_FILE says; it appears whole. */
static bool tellPort(unsigned port) {
  char path[MAX_PATH], draft[MAX_PATH + 8], text[16];
  DWORD length = GetEnvironmentVariableA("WINPROCFS_STANDIN_PORT_FILE", path,
                                         sizeof path);
  if (length == 0)
    return true;
  snprintf(draft, sizeof draft, "%s.new", path);
  HANDLE file = CreateFileA(draft, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0,
                            NULL);
  if (file == INVALID_HANDLE_VALUE)
    return false;
  int size = snprintf(text, sizeof text, "%u\n", port);
  BOOL isWritten = WriteFile(file, text, (DWORD)size, &length, NULL);
  CloseHandle(file);
  return isWritten && MoveFileExA(draft, path, MOVEFILE_REPLACE_EXISTING);
}

static bool listenOnce(void) {
  WSADATA data;
  struct sockaddr_in address = {.sin_family = AF_INET};
  int size = sizeof address;
  if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
    return false;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons((u_short)setting("WINPROCFS_STANDIN_PORT", 0));
  SOCKET listening = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  if (bind(listening, (struct sockaddr *)&address, size) != 0 ||
      listen(listening, 64) != 0 ||
      getsockname(listening, (struct sockaddr *)&address, &size) != 0)
    return false;
  CloseHandle(
      CreateThread(NULL, 0, listener, (void *)listening, 0, NULL));
  return tellPort(ntohs(address.sin_port));
}

/* Listens, from the first volume on. */
bool startControl(void) {
  static SRWLOCK lock = SRWLOCK_INIT;
  static bool isListening;
  AcquireSRWLockExclusive(&lock);
  isListening = isListening || listenOnce();
  bool is = isListening;
  ReleaseSRWLockExclusive(&lock);
  return is;
}
