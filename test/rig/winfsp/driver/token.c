/*
 * Tokens of the programs that open files: those of this process, with rights
 * taken away or given. A file system gets one that it may only ask.
 */
#include "standin.h"
#include <sddl.h>
#include <stdlib.h>

volatile LONG tokenCount;

static bool isEnabled(HANDLE token, const wchar_t *name) {
  TOKEN_PRIVILEGES one = {.PrivilegeCount = 1};
  one.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
  return LookupPrivilegeValueW(NULL, name, &one.Privileges[0].Luid) &&
         AdjustTokenPrivileges(token, FALSE, &one, 0, NULL, NULL) &&
         GetLastError() == ERROR_SUCCESS;
}

static bool restrictToken(HANDLE *token, uint32_t choice) {
  uint8_t bytes[4096], sid[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof sid;
  SID_AND_ATTRIBUTES group = {.Sid = sid};
  if (!CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, sid, &size))
    return false;
  TOKEN_PRIVILEGES *all = (TOKEN_PRIVILEGES *)bytes;
  if (!GetTokenInformation(*token, TokenPrivileges, bytes, sizeof bytes,
                           &size))
    return false;
  HANDLE less;
  if (!CreateRestrictedToken(
          *token, 0, choice & TokenNoAdministrators ? 1 : 0, &group,
          choice & TokenNoPrivileges ? all->PrivilegeCount : 0,
          all->Privileges, 0, NULL, &less))
    return false;
  CloseHandle(*token);
  *token = less;
  return true;
}

static bool lower(HANDLE token) {
  uint8_t sid[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof sid;
  TOKEN_MANDATORY_LABEL label = {{sid, SE_GROUP_INTEGRITY}};
  return CreateWellKnownSid(WinLowLabelSid, NULL, sid, &size) &&
         SetTokenInformation(token, TokenIntegrityLevel, &label,
                             sizeof label + GetLengthSid(sid));
}

static bool prepare(HANDLE *token, uint32_t choice) {
  HANDLE own;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own))
    return false;
  BOOL isCopied = DuplicateTokenEx(own, TOKEN_ALL_ACCESS, NULL,
                                   SecurityImpersonation, TokenPrimary, token);
  CloseHandle(own);
  if (!isCopied)
    return false;
  bool isRestricted =
      (choice & (TokenNoAdministrators | TokenNoPrivileges)) == 0 ||
      restrictToken(token, choice);
  if (isRestricted &&
      (!(choice & TokenDebug) || isEnabled(*token, L"SeDebugPrivilege")) &&
      (!(choice & TokenLow) || lower(*token)))
    return true;
  CloseHandle(*token);
  return false;
}

/* A token as the driver hands it out: to be asked, not to act with. */
int32_t tokenFor(uint32_t choice, HANDLE *token) {
  static SRWLOCK lock = SRWLOCK_INIT;
  static HANDLE prepared[16];
  *token = NULL;
  if (choice & TokenNull)
    return Success;
  if (choice & TokenBogus) {
    *token = (HANDLE)(uintptr_t)0xFFFFFFF0;
    return Success;
  }
  choice &= 15;
  AcquireSRWLockExclusive(&lock);
  bool isThere = prepared[choice] != NULL || prepare(&prepared[choice], choice);
  ReleaseSRWLockExclusive(&lock);
  if (!isThere)
    return NotSupported;
  if (!DuplicateTokenEx(prepared[choice], TOKEN_QUERY, NULL,
                        SecurityIdentification, TokenImpersonation, token))
    return InsufficientResources;
  InterlockedIncrement(&tokenCount);
  return Success;
}
