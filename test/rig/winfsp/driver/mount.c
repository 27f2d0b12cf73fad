/* Mount points, as far as a stand-in has them, and versions. */
#include "standin.h"
#include <stdio.h>
#include <winternl.h>

NTSTATUS NTAPI NtCreateSymbolicLinkObject(HANDLE *link, ACCESS_MASK access,
                                          OBJECT_ATTRIBUTES *attributes,
                                          UNICODE_STRING *target);

enum { VersionDefault = 2 << 16 | 1 };

__declspec(dllexport) int32_t FspVersion(uint32_t *version) {
  *version = setting("WINPROCFS_STANDIN_VERSION", VersionDefault);
  return Success;
}

__declspec(dllexport) int32_t FspFsctlServiceVersion(uint32_t *version) {
  return FspVersion(version);
}

/* A drive's letter, be it `P:` or `\\.\P:`; 0 for a directory. */
static wchar_t letterOf(const wchar_t *point) {
  if (wcsncmp(point, L"\\\\.\\", 4) == 0)
    point += 4;
  wchar_t letter = point[0] & ~0x20;
  return letter >= 'A' && letter <= 'Z' && point[1] == ':' && point[2] == 0
             ? letter
             : 0;
}

static bool isTaken(wchar_t letter) {
  return GetLogicalDrives() & 1u << (letter - 'A');
}

/*
 * A link of the object manager, as DefineDosDevice makes it: known to all
 * processes, to QueryDosDevice, and gone with this one. It leads nowhere.
 */
static int32_t takeLetter(wchar_t letter, const Volume *volume, HANDLE *held) {
  wchar_t name[] = L"\\??\\?:";
  name[4] = letter;
  if (isTaken(letter))
    return NameCollision;
  UNICODE_STRING from, to;
  OBJECT_ATTRIBUTES attributes;
  RtlInitUnicodeString(&from, name);
  RtlInitUnicodeString(&to, (const wchar_t *)volume->name);
  InitializeObjectAttributes(&attributes, &from, OBJ_CASE_INSENSITIVE, NULL,
                             NULL);
  /* Wine refuses another of the same name as one that leads nowhere */
  return NtCreateSymbolicLinkObject(held, STANDARD_RIGHTS_REQUIRED | 1,
                                    &attributes, &to) == Success
             ? Success
             : NameCollision;
}

/* A directory that must not be there, and ends with this process. */
static int32_t takeDirectory(const wchar_t *path, HANDLE *held) {
  if (!CreateDirectoryW(path, NULL))
    return GetLastError() == ERROR_ALREADY_EXISTS ? NameCollision
                                                  : PathNotFound;
  HANDLE directory = CreateFileW(
      path, DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
      NULL, OPEN_EXISTING,
      FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_DELETE_ON_CLOSE, NULL);
  if (directory == INVALID_HANDLE_VALUE) {
    RemoveDirectoryW(path);
    return InsufficientResources;
  }
  *held = directory;
  return Success;
}

static int32_t takePoint(wchar_t *point, const Volume *volume, HANDLE *held) {
  if (wcscmp(point, L"*:") == 0) {
    for (wchar_t letter = 'Z'; letter >= 'D'; letter--)
      if (takeLetter(letter, volume, held) == Success) {
        point[0] = letter;
        return Success;
      }
    return NoSuchDevice;
  }
  wchar_t letter = letterOf(point);
  if (letter != 0)
    return takeLetter(letter, volume, held);
  /* a junction cannot lead to a network file system */
  return volume->isNet ? NotSupported : takeDirectory(point, held);
}

__declspec(dllexport) int32_t FspFileSystemPreflight(const wchar_t *device,
                                                     const wchar_t *point) {
  int32_t status =
      (int32_t)setting("WINPROCFS_STANDIN_PREFLIGHT", (uint32_t)Success);
  if (status != Success)
    return status;
  if (wcscmp(device, L"WinFsp.Disk") != 0 && wcscmp(device, L"WinFsp.Net") != 0)
    return NoSuchDevice;
  if (point == NULL || wcscmp(point, L"*:") == 0)
    return Success;
  wchar_t letter = letterOf(point);
  if (letter == 0)
    return GetFileAttributesW(point) == INVALID_FILE_ATTRIBUTES
               ? Success
               : NameCollision;
  return isTaken(letter) ? NameCollision : Success;
}

__declspec(dllexport) int32_t FspMountSet(MountDesc *desc) {
  int32_t status =
      (int32_t)setting("WINPROCFS_STANDIN_MOUNT", (uint32_t)Success);
  Volume *volume = volumeOf(desc->VolumeHandle);
  if (volume == NULL)
    return InvalidHandle;
  if (status != Success)
    return status;
  if (desc->MountPoint == NULL || desc->VolumeName == NULL ||
      wcscmp(desc->VolumeName, volume->name) != 0)
    return InvalidParameter;
  HANDLE held = NULL;
  status = takePoint((wchar_t *)desc->MountPoint, volume, &held);
  if (status != Success)
    return status;
  desc->MountHandle = held;
  AcquireSRWLockExclusive(&volume->lock);
  snprintf(volume->mountPoint, sizeof volume->mountPoint, "%ls",
           (wchar_t *)desc->MountPoint);
  /* a drive is looked at by the call itself, so the driver lets it be */
  if (volume->state == New && letterOf((wchar_t *)desc->MountPoint) != 0)
    volume->state = Ready;
  ReleaseSRWLockExclusive(&volume->lock);
  return Success;
}

__declspec(dllexport) int32_t FspMountRemove(MountDesc *desc) {
  Volume *volume = volumeOf(desc->VolumeHandle);
  if (volume == NULL || desc->MountHandle == NULL)
    return InvalidParameter;
  AcquireSRWLockExclusive(&volume->lock);
  bool isRunning = volume->state < Stopping;
  volume->mountPoint[0] = 0;
  ReleaseSRWLockExclusive(&volume->lock);
  if (isRunning)
    violation("FspMountRemove before the volume was stopped");
  if (!CloseHandle(desc->MountHandle))
    violation("FspMountRemove: MountHandle is none");
  desc->MountHandle = NULL;
  return Success;
}
