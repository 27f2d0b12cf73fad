/*
 * What a file system did that a driver would not forgive. Kept for the control
 * channel, and written at once to the file that WINPROCFS_STANDIN_REPORT
 * names, so that it outlives the process.
 */
#include "standin.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { Kept = 500, Length = 400 };

static SRWLOCK lock = SRWLOCK_INIT;
static char texts[Kept][Length];
static uint32_t count;

static void report(const char *text) {
  char path[MAX_PATH], line[Length + 2];
  DWORD length = GetEnvironmentVariableA("WINPROCFS_STANDIN_REPORT", path,
                                         sizeof path);
  if (length == 0 || length >= sizeof path)
    return;
  HANDLE file = CreateFileA(path, FILE_APPEND_DATA,
                            FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                            OPEN_ALWAYS, 0, NULL);
  if (file == INVALID_HANDLE_VALUE)
    return;
  int size = snprintf(line, sizeof line, "%s\n", text);
  WriteFile(file, line, (DWORD)size, &length, NULL);
  CloseHandle(file);
}

void violation(const char *format, ...) {
  char text[Length];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  AcquireSRWLockExclusive(&lock);
  if (count < Kept) {
    memcpy(texts[count], text, sizeof text);
    report(text);
  }
  count++;
  ReleaseSRWLockExclusive(&lock);
}

uint32_t violationCount(void) {
  AcquireSRWLockShared(&lock);
  uint32_t now = count;
  ReleaseSRWLockShared(&lock);
  return now;
}

char *violationText(bool take) {
  AcquireSRWLockExclusive(&lock);
  uint32_t kept = count < Kept ? count : Kept;
  char *all = malloc((size_t)(kept + 1) * (Length + 1)), *end = all;
  for (uint32_t i = 0; i < kept; i++)
    end += sprintf(end, "%s\n", texts[i]);
  if (count > kept)
    end += sprintf(end, "and %u more\n", (unsigned)(count - kept));
  *end = 0;
  if (take)
    count = 0;
  ReleaseSRWLockExclusive(&lock);
  return all;
}

uint32_t setting(const char *name, uint32_t otherwise) {
  char text[32];
  DWORD length = GetEnvironmentVariableA(name, text, sizeof text);
  return length > 0 && length < sizeof text
             ? (uint32_t)strtoul(text, NULL, 0)
             : otherwise;
}
