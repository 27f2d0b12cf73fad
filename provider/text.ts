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

/**
 * What may follow the first byte of a sequence (Unicode, table 3-7): from
 * which first byte on, how many bytes in all, and the bounds of the second.
 */
const sequences: readonly (readonly [number, number, number, number])[] = [
  [0x00, 1, 0x00, 0xff],
  [0x80, 0, 0x00, 0x00], // continuation bytes, overlong C0 and C1
  [0xc2, 2, 0x80, 0xbf],
  [0xe0, 3, 0xa0, 0xbf], // no overlong
  [0xe1, 3, 0x80, 0xbf],
  [0xed, 3, 0x80, 0x9f], // no surrogates
  [0xee, 3, 0x80, 0xbf],
  [0xf0, 4, 0x90, 0xbf], // no overlong
  [0xf1, 4, 0x80, 0xbf],
  [0xf4, 4, 0x80, 0x8f], // up to U+10FFFF
  [0xf5, 0, 0x00, 0x00],
]

/** The row of {@link sequences} for each first byte. */
const rowOf = Array.from({ length: 0x100 }, (_, first) =>
  sequences.findLast(([from]) => from <= first),
)

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80

/** Length of the valid UTF-8 sequence at `at`, or 0. */
const sequence = (bytes: Uint8Array, at: number): number => {
  const [, length, low, high] = rowOf[bytes[at] as number] as [
    number,
    number,
    number,
    number,
  ]
  if (length < 2) return length
  if (at + length > bytes.length) return 0
  const second = bytes[at + 1] as number
  if (second < low || second > high) return 0
  for (let next = at + 2; next < at + length; next++)
    if (!isContinuation(bytes[next] as number)) return 0
  return length
}

/** Payload bits of a sequence's first byte, by its length. */
const payload = [0, 0x7f, 0x1f, 0x0f, 0x07] as const

const pointAt = (bytes: Uint8Array, at: number, length: number): number => {
  let point = (bytes[at] as number) & (payload[length] as number)
  for (let next = at + 1; next < at + length; next++)
    point = (point << 6) | ((bytes[next] as number) & 0x3f)
  return point
}

/** String.fromCharCode takes its units as arguments: not too many at once. */
const chunk = 8192

/** By hand, since any byte may be amiss: linear in the number of bytes. */
const decodeLossless = (bytes: Uint8Array): string => {
  let text = ''
  let units: number[] = []
  for (let at = 0; at < bytes.length;) {
    const length = sequence(bytes, at)
    if (length === 0) units.push(0xdc00 + (bytes[at] as number))
    else {
      const point = pointAt(bytes, at, length)
      if (point < 0x1_0000) units.push(point)
      else
        units.push(
          0xd800 + ((point - 0x1_0000) >> 10),
          0xdc00 + (point & 0x3ff),
        )
    }
    at += length || 1
    if (units.length >= chunk) {
      text += String.fromCharCode(...units)
      units = []
    }
  }
  return text + String.fromCharCode(...units)
}

/** Bytes in which short texts are placed one after the other. */
const slabSize = 1 << 16
let slab = new Uint8Array(slabSize)

/**
 * The UTF-8 of a well-formed text. An allocation for each would take several
 * times as long as the encoding: short ones share a slab, which lives as long
 * as any text in it.
 */
const place = (text: string): Uint8Array => {
  // no unit takes more than three bytes
  const most = text.length * 3
  if (most > slabSize / 2) return encoder.encode(text)
  if (most > slab.length) slab = new Uint8Array(slabSize)
  const { written } = encoder.encodeInto(text, slab)
  const bytes = slab.subarray(0, written)
  slab = slab.subarray(written)
  return bytes
}

/** Lone surrogates that stand for a byte, and all else between them. */
const pieces = /[\udc80-\udcff]|[^\udc80-\udcff]+/gu

/**
 * String -> bytes: UTF-8, with U+DC80..U+DCFF standing alone as the bytes
 * they escape. Any other lone surrogate (a Windows name may hold one) becomes
 * U+FFFD.
 */
export const encode = (text: string): Uint8Array => {
  if (text.isWellFormed()) return place(text)
  // no unit takes more than three bytes
  const bytes = new Uint8Array(text.length * 3)
  let length = 0
  // by code points (u): a surrogate that is half of a pair is none alone
  for (const [piece] of text.matchAll(pieces)) {
    const unit = piece.charCodeAt(0)
    if (piece.length === 1 && unit >= 0xdc80 && unit <= 0xdcff)
      bytes[length++] = unit - 0xdc00
    else length += encoder.encodeInto(piece, bytes.subarray(length)).written
  }
  return bytes.slice(0, length)
}

/** Units of text that are encoded at once. */
const batch = 1 << 13

/**
 * The bytes of many texts, one after the other; each is well-formed where it
 * meets the next. Encoded as they come: put together first, each of many costs
 * more (test/bench/README.md).
 */
export const encodeAll = (texts: Iterable<string>): Uint8Array => {
  const parts: Uint8Array[] = []
  let text = ''
  let length = 0
  const take = (): void => {
    const bytes = encode(text)
    parts.push(bytes)
    length += bytes.length
    text = ''
  }
  for (const next of texts) {
    text += next
    if (text.length >= batch) take()
  }
  if (parts.length === 0) return encode(text)
  take()
  const all = new Uint8Array(length)
  let at = 0
  for (const bytes of parts) {
    all.set(bytes, at)
    at += bytes.length
  }
  return all
}
