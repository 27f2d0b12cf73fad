/** /proc/<pid>/mem (fs/proc/base.c:mem_rw). */
import { readSync } from 'node:fs'
import { codeOf, Errno } from '../errno.ts'
import { opened } from './file.ts'

/** Bytes of one read; more is EFBIG. */
export const MaxRead = 1 << 26

const nothing = new Uint8Array(0)
const signBit = 2 ** 63

/** Nothing, where `code` is the error; any other is thrown. */
const unless = (code: string, read: () => Uint8Array): Uint8Array => {
  try {
    return read()
  } catch (thrown) {
    if (codeOf(thrown) === code) return nothing
    throw thrown
  }
}

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
  return unless('EIO', () =>
    bytes.subarray(0, readSync(fd, bytes, 0, length, BigInt(address))),
  )
}

/** Whether the task whose directory is `path` has no address space. */
export const isBare = (path: string): boolean => {
  try {
    return opened(`${path}/mem`, () => false)
  } catch (thrown) {
    if (codeOf(thrown) === 'ESRCH') return true
    throw thrown
  }
}

/**
 * As {@link readMemory}, of the task whose directory is `path`. One without an
 * address space (a zombie, a kernel thread) is one hole: opening its `mem` is
 * ESRCH, although it is there.
 */
export const readOf = (
  path: string,
  address: number,
  length: number,
): Uint8Array =>
  unless('ESRCH', () =>
    opened(`${path}/mem`, fd => readMemory(fd, address, length)),
  )
