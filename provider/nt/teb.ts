/**
 * Thread Environment Block. A thread of a WoW64 process has one of each width,
 * in one allocation. Source: phnt's ntpebteb.h. Sure for x64 and x86, Windows
 * 7 to 11; ARM64 is x64's.
 */
import { layout, n64, u32 } from './layout.ts'
import type { ByWidth, Numbers } from './memory.ts'

/** Its NT_TIB, who it is, and its process's PEB. */
export const Teb: ByWidth<
  Numbers<
    | 'ExceptionList'
    | 'StackBase'
    | 'StackLimit'
    | 'Self'
    | 'UniqueProcess'
    | 'UniqueThread'
    | 'ProcessEnvironmentBlock'
  >
> = {
  8: layout(0x68, {
    ExceptionList: [0x00, n64], // of WoW64: the 32-bit TEB
    StackBase: [0x08, n64], // the end: where the stack begins to grow down
    StackLimit: [0x10, n64], // the start of what is committed
    Self: [0x30, n64],
    UniqueProcess: [0x40, n64], // pid
    UniqueThread: [0x48, n64], // tid
    ProcessEnvironmentBlock: [0x60, n64],
  }),
  4: layout(0x34, {
    ExceptionList: [0x00, u32],
    StackBase: [0x04, u32],
    StackLimit: [0x08, u32],
    Self: [0x18, u32],
    UniqueProcess: [0x20, u32],
    UniqueThread: [0x24, u32],
    ProcessEnvironmentBlock: [0x30, u32],
  }),
}

/**
 * TEB.Win32ClientInfo, CLIENTINFO of win32k: of a thread with windows its
 * DESKTOPINFO, which lies in the desktop's heap. System Informer's reading for
 * x64, Windows 7 to 11; x86 derived from it: never seen.
 */
export const TebClientInfo: ByWidth<Numbers<'DeskInfo'>> = {
  8: layout(0x828, { DeskInfo: [0x820, n64] }),
  4: layout(0x6e8, { DeskInfo: [0x6e4, u32] }),
}
