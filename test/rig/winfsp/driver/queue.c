/*
 * What waits to be handed out, and what the file system has.
 *
 * A request's Hint is what the driver uses, the address of an IRP: large, with
 * few values, and the one that was free last is taken first. Two of them may
 * differ by less than a double can tell.
 */
#include "standin.h"

Settings settings;

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
  irp->hint = FirstHint + (uint64_t)irp->slot * HintStep;
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
void takeIrp(Volume *volume, Irp *irp) {
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
    takeIrp(volume, irp);
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
        takeIrp(volume, irp);
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

void startExpiring(void) {
  CloseHandle(CreateThread(NULL, 0, expire, NULL, 0, NULL));
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
        takeIrp(volume, irp);
        ReleaseSRWLockExclusive(&volume->lock);
        endWith(irp, status);
        AcquireSRWLockExclusive(&volume->lock);
      }
  }
  WakeAllConditionVariable(&volume->changed);
  ReleaseSRWLockExclusive(&volume->lock);
}
