import { library } from './library.ts'

type Bytes = Uint8Array | null

/** What is used here of Windows itself. Handles are Numbers. */
interface Kernel32 {
  CloseHandle(handle: number): number
  /** Units that it wrote of where a name of `\??\` leads; 0: there is none. */
  QueryDosDeviceW(name: string, target: Bytes, units: number): number
  /** To an address that is not ours: a buffer that a request brought. */
  RtlMoveMemory(to: bigint, from: Bytes, size: number): void
  TerminateProcess(process: number, code: number): number
}

interface Advapi32 {
  /** Key, its subkey, the value's name, flags, type, data, bytes of data. */
  RegGetValueW(
    key: number,
    subkey: string,
    value: string,
    flags: number,
    type: Bytes,
    data: Bytes,
    size: Bytes,
  ): number
}

/** Results are NTSTATUS (phnt, ntseapi.h, ntobapi.h). */
interface Ntdll {
  NtAccessCheck(
    descriptor: Bytes,
    token: number,
    access: number,
    mapping: Bytes,
    privileges: Bytes,
    size: Bytes,
    granted: Bytes,
    status: Bytes,
  ): number
  NtDuplicateObject(
    fromProcess: number,
    from: number,
    toProcess: number,
    to: Bytes,
    access: number,
    attributes: number,
    options: number,
  ): number
  NtOpenProcessToken(process: number, access: number, token: Bytes): number
  NtQueryInformationToken(
    token: number,
    information: number,
    data: Bytes,
    size: number,
    needed: Bytes,
  ): number
}

export const kernel32 = library<Kernel32>('kernel32.dll', {
  CloseHandle: ['int32', ['intptr']],
  QueryDosDeviceW: ['uint32', ['str16', 'void *', 'uint32']],
  RtlMoveMemory: ['void', ['uint64', 'void *', 'size_t']],
  TerminateProcess: ['int32', ['intptr', 'uint32']],
})

export const advapi32 = library<Advapi32>('advapi32.dll', {
  RegGetValueW: [
    'int32',
    ['intptr', 'str16', 'str16', 'uint32', 'void *', 'void *', 'void *'],
  ],
})

export const ntdll = library<Ntdll>('ntdll.dll', {
  NtAccessCheck: [
    'int32',
    [
      'void *',
      'intptr',
      'uint32',
      'void *',
      'void *',
      'void *',
      'void *',
      'void *',
    ],
  ],
  NtDuplicateObject: [
    'int32',
    ['intptr', 'intptr', 'intptr', 'void *', 'uint32', 'uint32', 'uint32'],
  ],
  NtOpenProcessToken: ['int32', ['intptr', 'uint32', 'void *']],
  NtQueryInformationToken: [
    'int32',
    ['intptr', 'uint32', 'void *', 'uint32', 'void *'],
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
