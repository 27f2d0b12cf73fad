/**
 * /proc/<pid>/maps as regions (fs/proc/task_mmu.c:show_map_vma):
 *
 *     55d0c0a00000-55d0c0a02000 r--p 00000000 fe:01 1234    …   /usr/bin/cat
 *
 * start, end and offset are at least eight hex digits, the device's numbers at
 * least two, the inode is decimal and a blank always follows it. A name starts
 * one column behind the 72nd, or behind all that where it is longer.
 *
 * Strict: the text is the kernel's alone, so a line that it would not write is
 * EIO, never a region less.
 */
import { Access, type Region } from '../contract.ts'
import { Errno } from '../errno.ts'
import { decode } from '../text.ts'

/** More regions than this in one process are EFBIG. */
export const MaxRegions = 1_000_000

/** seq_setwidth's 25 + sizeof(void *) * 6 - 1 */
const width = 72

const [newline, blank, dash, zero, colon] = [10, 32, 45, 48, 58]
const [p, r, s, w, x] = [112, 114, 115, 119, 120]

/** Value of a hex digit as the kernel writes it (lowercase); 255 for none. */
const digits = new Uint8Array(256).fill(255)
for (let value = 0; value < 16; value++)
  digits[value.toString(16).charCodeAt(0)] = value

const malformed = (): never => {
  throw new Errno('EIO', 'maps: malformed line')
}

class Scanner {
  readonly bytes: Uint8Array
  at = 0
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  expect(byte: number): void {
    if (this.bytes[this.at++] !== byte) malformed()
  }

  /** 0 for a dash, `bit` for the letter. */
  flag(letter: number, bit: number): number {
    const byte = this.bytes[this.at++]
    if (byte === letter) return bit
    return byte === dash ? 0 : malformed()
  }

  /** `%0<min>x`: wider only for a number that needs it. */
  hex(min: number, max: number): number {
    const { bytes, at: from } = this
    let at = from
    let value = 0
    for (;;) {
      const digit = digits[bytes[at] as number] as number
      // past the end reads undefined, whose digit is undefined
      if (!(digit < 16)) break
      value = value * 16 + digit
      at++
    }
    const length = at - from
    if (length < min || length > max) malformed()
    if (length > min && bytes[from] === zero) malformed()
    this.at = at
    return value
  }

  /**
   * A multiple of 4096 below 2^64, which a double holds exactly. Judged by its
   * digits, since rounding could make a multiple of another number.
   */
  page(): number {
    const value = this.hex(8, 16)
    const { bytes, at } = this
    if (bytes[at - 1] !== zero || bytes[at - 2] !== zero) malformed()
    if (bytes[at - 3] !== zero) malformed()
    return value
  }

  /** Up to 2^64 - 1; a bigint where a double would not be exact. */
  decimal(): number | bigint {
    const { bytes, at: from } = this
    let at = from
    let value = 0
    for (;;) {
      const digit = digits[bytes[at] as number] as number
      if (!(digit < 10)) break
      value = value * 10 + digit
      at++
    }
    const length = at - from
    if (length === 0 || length > 20) malformed()
    if (length > 1 && bytes[from] === zero) malformed()
    this.at = at
    return value <= Number.MAX_SAFE_INTEGER ? value : this.large(from)
  }

  private large(from: number): bigint {
    const text = String.fromCharCode(...this.bytes.subarray(from, this.at))
    const value = BigInt(text)
    return value < 1n << 64n ? value : malformed()
  }
}

/**
 * All regions of the text of a maps file. `name` is exactly the kernel's text:
 * it writes a newline of a path as `\012` and leaves all else, a backslash
 * too, as it is, so a file whose name holds a literal `\012` looks the same;
 * that is not undone here, because it cannot be. ` (deleted)` is part of it.
 *
 * Errors: EIO for a text that is not the kernel's, EFBIG past
 * {@link MaxRegions}, EAGAIN where a region begins before the one above it
 * ends: the kernel told one twice because it grew between two reads.
 */
export const parseMaps = (text: Buffer): Region[] => {
  const regions: Region[] = []
  const scanner = new Scanner(text)
  const ascii = text.toString('latin1')
  let above = 0
  while (scanner.at < text.length) {
    if (regions.length === MaxRegions) throw new Errno('EFBIG')
    const region = line(scanner, ascii)
    if (region.start < above) throw new Errno('EAGAIN')
    above = region.end
    regions.push(region)
  }
  return regions
}

const line = (scanner: Scanner, ascii: string): Region => {
  const from = scanner.at
  const start = scanner.page()
  scanner.expect(dash)
  const end = scanner.page()
  if (start >= end) malformed()
  scanner.expect(blank)
  const access =
    scanner.flag(r, Access.read) |
    scanner.flag(w, Access.write) |
    scanner.flag(x, Access.execute)
  const shared = scanner.bytes[scanner.at] === s
  scanner.expect(shared ? s : p)
  scanner.expect(blank)
  const offset = scanner.page()
  scanner.expect(blank)
  const major = scanner.hex(2, 8)
  scanner.expect(colon)
  const minor = scanner.hex(2, 8)
  scanner.expect(blank)
  const inode = scanner.decimal()
  scanner.expect(blank)
  const name = nameAt(scanner, from, ascii)
  const region: { -readonly [fact in keyof Region]: Region[fact] } = {
    start,
    end,
    base: start,
    state: 'commit',
    type: shared ? 'mapped' : 'private',
    access,
    offset,
  }
  if (major !== 0 || minor !== 0 || inode !== 0) {
    region.major = major
    region.minor = minor
    region.inode = inode
  }
  if (name !== undefined) region.name = name
  return region
}

/** The rest of a line, past its newline; undefined where nothing is left. */
const nameAt = (
  scanner: Scanner,
  from: number,
  ascii: string,
): string | undefined => {
  const { bytes } = scanner
  if (bytes[scanner.at] === newline) {
    scanner.at++
    return undefined
  }
  const column = Math.max(scanner.at, from + width) + 1
  while (scanner.at < column) scanner.expect(blank)
  let at = column
  let all = 0
  for (;;) {
    const byte = bytes[at]
    if (byte === undefined) return malformed()
    if (byte === newline) break
    all |= byte
    at++
  }
  scanner.at = at + 1
  return all < 0x80
    ? ascii.slice(column, at)
    : decode(bytes.subarray(column, at))
}
