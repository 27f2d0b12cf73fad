import { dll } from '../../provider/dll.ts'

/** What is called here of Windows itself. */
export const kernel32 = dll('kernel32.dll', {
  CloseHandle: ['int32', ['handle']],
  // name of `\??\`, where it leads, units of room; units written, 0: none
  QueryDosDeviceW: ['uint32', ['wide', 'bytes', 'uint32']],
  // to an address that is not ours: a buffer that a request brought; from, size
  RtlMoveMemory: ['void', ['address', 'bytes', 'size']],
  // process, exit code
  TerminateProcess: ['int32', ['handle', 'uint32']],
})

export const advapi32 = dll('advapi32.dll', {
  // key, its subkey, the value's name, flags, type, data, bytes of data
  RegGetValueW: [
    'int32',
    ['handle', 'wide', 'wide', 'uint32', 'bytes', 'bytes', 'bytes'],
  ],
})

/** Results are NTSTATUS (phnt, ntseapi.h, ntobapi.h). */
export const ntdll = dll('ntdll.dll', {
  // descriptor, token, access, GENERIC_MAPPING, PRIVILEGE_SET, bytes of it,
  // what was granted, NTSTATUS
  NtAccessCheck: [
    'int32',
    ['bytes', 'handle', 'uint32', 'bytes', 'bytes', 'bytes', 'bytes', 'bytes'],
  ],
  // process, handle, process to have it, handle there, access, attributes,
  // options
  NtDuplicateObject: [
    'int32',
    ['handle', 'handle', 'handle', 'bytes', 'uint32', 'uint32', 'uint32'],
  ],
  // process, access, token
  NtOpenProcessToken: ['int32', ['handle', 'uint32', 'bytes']],
  // token, class, buffer, bytes of it, bytes that are needed
  NtQueryInformationToken: [
    'int32',
    ['handle', 'uint32', 'bytes', 'uint32', 'bytes'],
  ],
})

/** The pseudo handle of this process. */
export const own = -1

/**
 * Ends the process at once, other threads too, whatever they wait for; no exit
 * handler runs. `process.exit` would wait for threads that are in a call.
 */
export const leave = (code: number): void =>
  void kernel32.TerminateProcess(own, code)
