import type { Read } from '../nt/memory.ts'

const page = 4096

/** Pages that are kept at most: 4 MiB. */
export const pageBound = 1024

/**
 * `read` by whole pages, each asked for once: what is sought in a process looks
 * at the same few pages over and over, and a call costs as much as what it
 * brings. For as long as one search takes: what changes meanwhile is not seen.
 *
 * To be asked only for pages of which all can be read. What is not within one
 * page is read by itself.
 */
export const paged = (read: Read): Read => {
  const kept = new Map<number, Uint8Array>()
  const pageAt = (start: number): Uint8Array => {
    const known = kept.get(start)
    if (known !== undefined) return known
    if (kept.size === pageBound) kept.clear()
    const bytes = read(start, page)
    kept.set(start, bytes)
    return bytes
  }
  return (address, length) => {
    const offset = address % page
    return offset + length > page
      ? read(address, length)
      : pageAt(address - offset).subarray(offset, offset + length)
  }
}
