import { dll } from '../dll.ts'

/** What is called of kernel32.dll. */
export const kernel32 = dll('kernel32.dll', {
  GetModuleHandleW: ['handle', ['wide']],
  // module, name in ASCII that ends with NUL
  GetProcAddress: ['handle', ['handle', 'bytes']],
  // path, access, sharing, security, disposition, flags, template; -1: none
  CreateFileW: [
    'handle',
    ['wide', 'uint32', 'uint32', 'bytes', 'uint32', 'uint32', 'handle'],
  ],
  GetFileInformationByHandle: ['int32', ['handle', 'bytes']],
  // name, buffer, units of it; the units that were filled
  QueryDosDeviceW: ['uint32', ['wide', 'bytes', 'uint32']],
  // buffer, units of it; a handle, -1 for none
  FindFirstVolumeW: ['handle', ['bytes', 'uint32']],
  FindNextVolumeW: ['int32', ['handle', 'bytes', 'uint32']],
  FindVolumeClose: ['int32', ['handle']],
  // volume, buffer, units of it, units that were filled
  GetVolumePathNamesForVolumeNameW: [
    'int32',
    ['wide', 'bytes', 'uint32', 'bytes'],
  ],
  GetDriveTypeW: ['uint32', ['wide']],
  // buffer, units of it; the units that were filled
  GetSystemWindowsDirectoryW: ['uint32', ['bytes', 'uint32']],
})
