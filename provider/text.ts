/**
 * Bytes of the outside world as strings, without loss.
 *
 * A Linux path, comm or environment is bytes, mostly UTF-8; a Windows one is
 * UTF-16. Inside, both are strings: a byte that is not part of valid UTF-8
 * becomes one lone surrogate U+DC80..U+DCFF and turns back into that byte when
 * encoded (the scheme of PEP 383, "surrogateescape").
 */
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Bytes -> string; every input round-trips through {@link encode}. */
export const decode = (bytes: Uint8Array): string => {
  try {
    return strict.decode(bytes)
  } catch {
    return decodeLossless(bytes)
  }
}

/** Length of the valid UTF-8 sequence at `at`, or 0. */
const sequence = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at] as number
  const length =
    first < 0x80
      ? 1
      : first < 0xc2
        ? 0
        : first < 0xe0
          ? 2
          : first < 0xf0
            ? 3
            : 4
  if (length < 2) return length
  if (at + length > bytes.length) return 0
  try {
    strict.decode(bytes.subarray(at, at + length))
    return length
  } catch {
    return 0
  }
}

const decodeLossless = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const length = sequence(bytes, at)
    text +=
      length === 0
        ? String.fromCharCode(0xdc00 + (bytes[at] as number))
        : strict.decode(bytes.subarray(at, at + length))
    at += length || 1
  }
  return text
}

/**
 * String -> bytes: UTF-8, with U+DC80..U+DCFF standing alone as the bytes
 * they escape. Any other lone surrogate (a Windows name may hold one) becomes
 * U+FFFD.
 */
export const encode = (text: string): Uint8Array => {
  if (text.isWellFormed()) return encoder.encode(text)
  const parts: number[] = []
  // by code points: a surrogate that is half of a pair is never seen alone
  for (const point of text) {
    const unit = point.charCodeAt(0)
    if (point.length === 1 && unit >= 0xdc80 && unit <= 0xdcff)
      parts.push(unit - 0xdc00)
    else parts.push(...encoder.encode(point))
  }
  return Uint8Array.from(parts)
}
