import { dll } from './dll.ts'

/** What is called of kernel32.dll. */
export const kernel32 = dll('kernel32.dll', {
  GetModuleHandleW: ['handle', ['wide']],
  // module, name in ASCII that ends with NUL
  GetProcAddress: ['handle', ['handle', 'bytes']],
})
