/**
 * UNICODE_STRING (ntdef.h), and the text that it points to. Source: phnt's
 * phnt_ntdef.h. Sure for all of Windows.
 */
import { layout, n64, u16, u32 } from './layout.ts'
import type { ByWidth, Numbers } from './memory.ts'
import { utf16 } from './utf16.ts'

export const UNICODE_STRING: ByWidth<
  Numbers<'Length' | 'MaximumLength' | 'Buffer'>
> = {
  8: layout(0x10, {
    Length: [0x00, u16], // bytes, without a NUL
    MaximumLength: [0x02, u16], // bytes
    Buffer: [0x08, n64],
  }),
  4: layout(0x08, {
    Length: [0x00, u16],
    MaximumLength: [0x02, u16],
    Buffer: [0x04, u32],
  }),
}

/**
 * The text of a string in what a call filled in for a 64-bit caller: the
 * UNICODE_STRING is at `at`, and its Buffer is an address, `base` that of the
 * bytes' first. Empty without Buffer; undefined for one that is not all inside.
 */
export const textIn = (
  bytes: DataView,
  at: number,
  base: number,
): string | undefined => {
  const { Length, Buffer } = UNICODE_STRING[8].view(bytes, at)
  if (Buffer === 0 || Length === 0) return ''
  const from = Buffer - base
  if (from < 0 || from + Length > bytes.byteLength) return undefined
  return utf16(new Uint8Array(bytes.buffer, bytes.byteOffset + from, Length))
}
