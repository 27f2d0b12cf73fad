/** /proc/<pid>/mem (fs/proc/base.c:mem_rw). */
import { readSync } from 'node:fs'
import { codeOf, Errno } from '../errno.ts'

/** Bytes of one read; more is EFBIG. */
export const MaxRead = 1 << 26

const nothing = new Uint8Array(0)
const signBit = 2 ** 63

/** What an unmapped first page reads as; and an address space that is gone. */
const holes = new Set(['EIO', 'ESRCH'])

/**
 * The bytes at `[address, address + length)` that are there: those before the
 * first page that cannot be read. Empty for addresses from 2^63 up, where only
 * `[vsyscall]` is: a file offset has no such value. EINVAL for what is no
 * address or length.
 */
export const readMemory = (
  fd: number,
  address: number,
  length: number,
): Uint8Array => {
  if (!Number.isInteger(address) || address < 0) throw new Errno('EINVAL')
  if (!Number.isInteger(length) || length < 0) throw new Errno('EINVAL')
  if (length > MaxRead) throw new Errno('EFBIG')
  if (length === 0 || address >= signBit) return nothing
  const bytes = Buffer.allocUnsafeSlow(length)
  try {
    const read = readSync(fd, bytes, 0, length, BigInt(address))
    return bytes.subarray(0, read)
  } catch (thrown) {
    if (holes.has(codeOf(thrown) ?? '')) return nothing
    throw thrown
  }
}
