import type { Release } from './names.ts'

const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** VS_FIXEDFILEINFO in a VS_VERSIONINFO, and its signature (verrsrc.h). */
const fixed = 40
const signature = 0xfeef_04bd

/** File version of what GetFileVersionInfo gave; undefined if it has none. */
export const versionIn = (bytes: Uint8Array): Release | undefined => {
  if (bytes.length < fixed + 12) return undefined
  const data = view(bytes)
  if (data.getUint32(fixed, true) !== signature) return undefined
  const both = data.getUint32(fixed + 8, true)
  return [both >>> 16, both & 0xffff]
}

/** A SID as `S-1-5-18`; undefined where the bytes are none (winnt.h, SID). */
export const sidIn = (bytes: Uint8Array): string | undefined => {
  const [revision, count = 0] = bytes
  if (revision !== 1 || bytes.length < 8 + count * 4) return undefined
  const data = view(bytes)
  const authority = data.getUint16(2) * 0x1_0000_0000 + data.getUint32(4)
  const parts = Array.from({ length: count }, (_, at) =>
    data.getUint32(8 + at * 4, true),
  )
  return ['S', revision, authority, ...parts].join('-')
}
