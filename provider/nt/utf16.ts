/**
 * Text of Windows, as strings. It is UTF-16 that nobody checks: a surrogate
 * without its other half stands in names and environments like any unit.
 *
 * Such a one becomes U+FFFD here: a lone U+DC80..U+DCFF would be taken for a
 * byte that is not UTF-8 (provider/text.ts), and no other can be encoded. So
 * two names that differ in nothing else print alike.
 */
const decoder = new TextDecoder('utf-16le', { ignoreBOM: true })

/** All of them; an odd byte at the end is left out. */
export const utf16 = (bytes: Uint8Array): string =>
  decoder.decode(bytes.subarray(0, bytes.length & ~1))
