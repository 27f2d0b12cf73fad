/*
 * A stand-in for WinFsp's driver and DLL: the queue of requests lives in the
 * process of the file system, and a control channel takes the place of the
 * programs that open files.
 */
#pragma once
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0A00
#include <winsock2.h>
#include <windows.h>
#include <stdbool.h>
#include "abi.h"

typedef struct Irp Irp;
typedef struct Volume Volume;

/* How a request ended; what is pointed to lives as long as the call. */
typedef struct {
  int32_t status;
  uint32_t information;
  const uint8_t *response; /* NULL where the file system was not asked */
  size_t responseSize;
  const uint8_t *data;
  size_t dataSize;
} Outcome;

typedef void Complete(Irp *irp, const Outcome *outcome);

/* Memory of one request, which the file system may touch until it answers. */
typedef struct {
  uint8_t *base; /* NULL: none */
  size_t size;   /* of the pages, without the one behind that guards */
  uint8_t *address;
  size_t length;
} Mapping;

struct Irp {
  Irp *next;
  Volume *volume;
  int slot;
  uint64_t hint;
  bool given; /* to the file system: past all cancelling */
  uint32_t kind;
  uint32_t pid;
  uint8_t *request;
  size_t size;
  Mapping mapping;
  HANDLE token;
  uint64_t queued; /* milliseconds */
  Complete *complete;
  void *context;
  uint32_t id;
};

enum { Slots = 4096 };

enum State { New, Ready, Stopping, Ended };

typedef struct {
  uint64_t transacts, timeouts, requests, responses, opened, closed;
  uint64_t expired, cancelled, refused, abandoned, mostGiven, mostQueued;
} Counters;

typedef struct Handle {
  struct Handle *next;
  uint64_t userContext, userContext2;
  char path[128];
} Handle;

struct Volume {
  SRWLOCK lock;
  CONDITION_VARIABLE changed;
  HANDLE handle;
  enum State state;
  int32_t endStatus;
  uint8_t params[ParamsSize];
  uint16_t name[64];
  bool isNet;
  HANDLE share; /* what says that its prefix is taken; NULL: none */
  char mountPoint[300];
  Irp *slots[Slots];
  int freeSlots[Slots], freeCount;
  Irp *head, *tail;
  uint32_t queued, given, looping;
  uint32_t capacity, irpTimeout;
  Counters counters;
  Handle *handles;
  uint32_t handleCount;
};

/* What the control channel sets; milliseconds. */
typedef struct {
  volatile LONG delay, hold, transactTimeout, irpTimeout;
} Settings;
extern Settings settings;

/* violations.c */
void violation(const char *format, ...)
    __attribute__((format(gnu_printf, 1, 2)));
uint32_t violationCount(void);
char *violationText(bool take); /* lines; to be freed */

/* memory.c */
bool mapBuffer(Mapping *mapping, size_t length, bool aligned);
bool isIntact(const Mapping *mapping);
bool isWritten(const Mapping *mapping);
void unmapBuffer(Mapping *mapping);
void watchMemory(void);
extern volatile LONG mappedCount;

/* token.c */
enum {
  TokenNoAdministrators = 1,
  TokenNoPrivileges = 2,
  TokenDebug = 4,
  TokenLow = 8,
  TokenNull = 16,
  TokenBogus = 32
};
int32_t tokenFor(uint32_t choice, HANDLE *token);
extern volatile LONG tokenCount;

/* irp.c */
int32_t newIrp(const uint8_t *request, size_t size, uint32_t pid,
               uint32_t token, uint32_t options, const uint8_t *data,
               size_t dataSize, Irp **irp);
enum { OptionToken = 1, OptionBuffer = 2 };
void freeIrp(Irp *irp);
void endIrp(Irp *irp, const Outcome *outcome);
const char *kindName(uint32_t kind);

/* volume.c */
Volume *newestVolume(void);
Volume *volumeOf(HANDLE handle);

/* queue.c */
#define FirstHint 0xFFFFBE0F12345010ull
enum { HintStep = 0x10 };
int32_t postIrp(Volume *volume, Irp *irp);
void releaseSlot(Irp *irp);
void takeIrp(Volume *volume, Irp *irp); /* the volume is locked */
void startExpiring(void);
bool cancelIrp(Volume *volume, const void *context, uint32_t id);
void endVolume(Volume *volume, enum State state, int32_t status);

/* check.c: NULL where the response is one that the driver accepts. */
const char *checkResponse(Volume *volume, const Irp *irp,
                          const uint8_t *response, size_t size);

/* handles.c */
bool noteOpen(Volume *volume, uint64_t context, uint64_t context2,
              const char *path);
bool noteClose(Volume *volume, uint64_t context, uint64_t context2);
char *handleText(Volume *volume);

/* cycle.c */
char *runCycles(Volume *volume, const uint8_t *body, size_t size);

/* control.c */
bool startControl(void);

/* settings */
uint32_t setting(const char *name, uint32_t otherwise);
