import { dll } from './dll.ts'

/** What is called of ntdll.dll; results are NTSTATUS (phnt, ntzwapi.h). */
export const ntdll = dll('ntdll.dll', {
  NtClose: ['int32', ['handle']],
  // handle, access, OBJECT_ATTRIBUTES, CLIENT_ID
  NtOpenProcess: ['int32', ['bytes', 'uint32', 'bytes', 'bytes']],
  NtOpenThread: ['int32', ['bytes', 'uint32', 'bytes', 'bytes']],
  // privilege, whether on, of the thread alone, BOOLEAN: whether it was
  RtlAdjustPrivilege: ['int32', ['uint32', 'int32', 'int32', 'bytes']],
  // token, PRIVILEGE_SET, BOOLEAN: whether it has them enabled
  NtPrivilegeCheck: ['int32', ['handle', 'bytes', 'bytes']],
  // descriptor, token, access, GENERIC_MAPPING, PRIVILEGE_SET, bytes of it,
  // what was granted, NTSTATUS
  NtAccessCheck: [
    'int32',
    ['bytes', 'handle', 'uint32', 'bytes', 'bytes', 'bytes', 'bytes', 'bytes'],
  ],
  // handle, SECURITY_INFORMATION, buffer, bytes of it, bytes that are needed
  NtQuerySecurityObject: [
    'int32',
    ['handle', 'uint32', 'bytes', 'uint32', 'bytes'],
  ],
  RtlGetVersion: ['int32', ['bytes']],
  // process, address, class, buffer, bytes of it, bytes that were returned
  NtQueryVirtualMemory: [
    'int32',
    ['handle', 'uint64', 'uint32', 'bytes', 'uint64', 'bytes'],
  ],
  // process, address, buffer, bytes, bytes that were read
  NtReadVirtualMemory: [
    'int32',
    ['handle', 'uint64', 'bytes', 'uint64', 'bytes'],
  ],
  // class, buffer, bytes of it, bytes that are needed
  NtQuerySystemInformation: ['int32', ['uint32', 'bytes', 'uint32', 'bytes']],
  // process, class, buffer, bytes of it, bytes that were returned
  NtQueryInformationProcess: [
    'int32',
    ['handle', 'uint32', 'bytes', 'uint32', 'bytes'],
  ],
  // thread, class, buffer, bytes of it, bytes that were returned
  NtQueryInformationThread: [
    'int32',
    ['handle', 'uint32', 'bytes', 'uint32', 'bytes'],
  ],
})

export type Ntdll = typeof ntdll
