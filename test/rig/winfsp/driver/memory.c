/*
 * The memory that a request brings. It ends where a page ends, behind which
 * nothing may be touched, and is taken away once the request is answered: its
 * addresses stay without memory for a while. Who touches either is told on;
 * the page is put back then, so that the process lives to tell the rest.
 */
#include "standin.h"

enum { Page = 4096, Gone = 1024, Canary = 0xA5 };

/* What a buffer begins with: no file has that. */
static const uint8_t unwritten[] = {0x3d, 0x91, 0xe6, 0x0b, 0xc4, 0x58,
                                    0xaf, 0x72, 0x1e, 0xd9, 0x87, 0x40,
                                    0xfb, 0x26, 0x63, 0xb5};

typedef struct {
  uint8_t *base;
  size_t size; /* with the guard */
} Range;

static SRWLOCK lock = SRWLOCK_INIT;
static Range gone[Gone];
static size_t next;
static size_t goneBytes;
volatile LONG mappedCount;

/* Guards of what is in use now. */
static Range live[Slots];

static bool note(Range *ranges, size_t count, uint8_t *base, size_t size) {
  for (size_t i = 0; i < count; i++)
    if (ranges[i].base == NULL) {
      ranges[i] = (Range){base, size};
      return true;
    }
  return false;
}

static void forget(Range *ranges, size_t count, const uint8_t *base) {
  for (size_t i = 0; i < count; i++)
    if (ranges[i].base == base) {
      ranges[i].base = NULL;
      return;
    }
}

static const Range *within(const Range *ranges, size_t count,
                           const uint8_t *at) {
  for (size_t i = 0; i < count; i++)
    if (ranges[i].base != NULL && at >= ranges[i].base &&
        at < ranges[i].base + ranges[i].size)
      return &ranges[i];
  return NULL;
}

bool mapBuffer(Mapping *mapping, size_t length, bool aligned) {
  size_t room = aligned ? align8(length) : length;
  size_t size = (room + Page) & ~(size_t)(Page - 1);
  uint8_t *base = VirtualAlloc(NULL, size + Page, MEM_RESERVE, PAGE_NOACCESS);
  if (base == NULL)
    return false;
  if (VirtualAlloc(base, size, MEM_COMMIT, PAGE_READWRITE) == NULL) {
    VirtualFree(base, 0, MEM_RELEASE);
    return false;
  }
  *mapping = (Mapping){base, size, base + size - room, length};
  memset(base, Canary, size - room);
  memset(mapping->address + length, Canary, room - length);
  if (length >= sizeof unwritten)
    memcpy(mapping->address, unwritten, sizeof unwritten);
  AcquireSRWLockExclusive(&lock);
  note(live, Slots, base, size + Page);
  ReleaseSRWLockExclusive(&lock);
  InterlockedIncrement(&mappedCount);
  return true;
}

static bool isCanary(const uint8_t *from, const uint8_t *to) {
  while (from < to)
    if (*from++ != Canary)
      return false;
  return true;
}

/* Whether nothing was written before or behind. */
bool isIntact(const Mapping *mapping) {
  return isCanary(mapping->base, mapping->address) &&
         isCanary(mapping->address + mapping->length,
                  mapping->base + mapping->size);
}

/* Whether something was written where a buffer begins. */
bool isWritten(const Mapping *mapping) {
  return mapping->length < sizeof unwritten ||
         memcmp(mapping->address, unwritten, sizeof unwritten) != 0;
}

static void release(Range *range) {
  if (range->base == NULL)
    return;
  VirtualFree(range->base, 0, MEM_RELEASE);
  goneBytes -= range->size;
  range->base = NULL;
}

void unmapBuffer(Mapping *mapping) {
  uint8_t *base = mapping->base;
  if (base == NULL)
    return;
  mapping->base = NULL;
  AcquireSRWLockExclusive(&lock);
  VirtualFree(base, mapping->size, MEM_DECOMMIT);
  forget(live, Slots, base);
  release(&gone[next]);
  gone[next] = (Range){base, mapping->size + Page};
  goneBytes += mapping->size + Page;
  next = (next + 1) % Gone;
  /* addresses are no memory, but let them not grow without end */
  for (size_t i = 0; i < Gone && goneBytes > ((size_t)1 << 32); i++)
    release(&gone[(next + i) % Gone]);
  ReleaseSRWLockExclusive(&lock);
  InterlockedDecrement(&mappedCount);
}

static LONG CALLBACK onFault(EXCEPTION_POINTERS *all) {
  const EXCEPTION_RECORD *fault = all->ExceptionRecord;
  if (fault->ExceptionCode != EXCEPTION_ACCESS_VIOLATION ||
      fault->NumberParameters < 2)
    return EXCEPTION_CONTINUE_SEARCH;
  uint8_t *at = (uint8_t *)fault->ExceptionInformation[1];
  AcquireSRWLockExclusive(&lock);
  const Range *old = within(gone, Gone, at);
  const Range *now = old == NULL ? within(live, Slots, at) : NULL;
  bool put = (old != NULL || now != NULL) &&
             VirtualAlloc((void *)((uintptr_t)at & ~(uintptr_t)(Page - 1)),
                          Page, MEM_COMMIT, PAGE_READWRITE) != NULL;
  ReleaseSRWLockExclusive(&lock);
  if (old == NULL && now == NULL)
    return EXCEPTION_CONTINUE_SEARCH;
  violation("%s %s at %p",
            fault->ExceptionInformation[0] == 1 ? "wrote" : "read",
            old != NULL ? "in the buffer of a request that was answered"
                        : "behind the end of a buffer",
            (void *)at);
  return put ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_CONTINUE_SEARCH;
}

void watchMemory(void) { AddVectoredExceptionHandler(1, onFault); }
