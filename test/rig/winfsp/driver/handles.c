/* What is open, by the contexts that the file system gave it. */
#include "standin.h"
#include <stdio.h>
#include <stdlib.h>

/* False where UserContext2 is that of another handle. */
bool noteOpen(Volume *volume, uint64_t context, uint64_t context2,
              const char *path) {
  Handle *handle = calloc(1, sizeof *handle);
  handle->userContext = context;
  handle->userContext2 = context2;
  snprintf(handle->path, sizeof handle->path, "%s", path);
  AcquireSRWLockExclusive(&volume->lock);
  bool isFresh = true;
  for (const Handle *at = volume->handles; at != NULL; at = at->next)
    if (context2 != 0 && at->userContext2 == context2)
      isFresh = false;
  handle->next = volume->handles;
  volume->handles = handle;
  volume->handleCount++;
  volume->counters.opened++;
  ReleaseSRWLockExclusive(&volume->lock);
  return isFresh;
}

bool noteClose(Volume *volume, uint64_t context, uint64_t context2) {
  AcquireSRWLockExclusive(&volume->lock);
  Handle **at = &volume->handles;
  while (*at != NULL && ((*at)->userContext2 != context2 ||
                         (context2 == 0 && (*at)->userContext != context)))
    at = &(*at)->next;
  Handle *found = *at;
  if (found != NULL) {
    *at = found->next;
    volume->handleCount--;
    volume->counters.closed++;
  }
  ReleaseSRWLockExclusive(&volume->lock);
  free(found);
  return found != NULL;
}

/* A line for each: UserContext, UserContext2, path. */
char *handleText(Volume *volume) {
  AcquireSRWLockShared(&volume->lock);
  char *text = malloc((size_t)(volume->handleCount + 1) * 170), *end = text;
  for (const Handle *at = volume->handles; at != NULL; at = at->next)
    end += sprintf(end, "%llx %llx %s\n", (unsigned long long)at->userContext,
                   (unsigned long long)at->userContext2, at->path);
  *end = 0;
  ReleaseSRWLockShared(&volume->lock);
  return text;
}
