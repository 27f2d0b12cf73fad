/**
 * PS_SYSTEM_DLL_INIT_BLOCK, what the kernel tells ntdll.dll of a new process:
 * its export LdrSystemDllInitBlock. The 64-bit one. Source: phnt's ntldr.h.
 */
import { layout, n64, u32 } from './layout.ts'
import type { Numbers, Since } from './memory.ts'

/** What all versions have. */
export const DllInitBlock = layout(0x04, {
  Size: [0x00, u32], // bytes; by it the versions are told apart
})

/**
 * Where the bitmaps of Control Flow Guard are: of 64-bit code, and of a WoW64
 * process's 32-bit code. `since` is the least Size.
 */
export const CfgBitmaps: readonly Since<
  Numbers<'CfgBitMap'> | Numbers<'CfgBitMap' | 'Wow64CfgBitMap'>
>[] = [
  // version 1: 8.1, then 10 up to 1607
  { since: 0x68, layout: layout(0x68, { CfgBitMap: [0x60, n64] }) },
  {
    since: 0x78,
    layout: layout(0x78, {
      CfgBitMap: [0x60, n64],
      Wow64CfgBitMap: [0x70, n64],
    }),
  },
  // version 2: 1703 to 1909
  {
    since: 0xd0,
    layout: layout(0xc8, {
      CfgBitMap: [0xb0, n64],
      Wow64CfgBitMap: [0xc0, n64],
    }),
  },
  // version 3: 2004 to 11
  {
    since: 0xf0,
    layout: layout(0xd0, {
      CfgBitMap: [0xb8, n64],
      Wow64CfgBitMap: [0xc8, n64],
    }),
  },
]
