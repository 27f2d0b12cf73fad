/**
 * Files of /proc: their size is never known beforehand (st_size is 0), so each
 * is read into one buffer that grows and is used again. A view that a function
 * here returns is valid until the next call.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { codeOf, Errno } from '../errno.ts'

/** Bytes; holds all but unusual files at once. */
const usual = 1 << 16
/** Bytes of a buffer that is kept for the next file. */
const kept = 1 << 20
/** Bytes of one file; more is EFBIG. Below the longest string of V8. */
export const MaxText = 1 << 28

const fresh = (): Buffer => Buffer.allocUnsafeSlow(usual)
let buffer = fresh()

const doubled = (length: number): void => {
  if (buffer.length >= MaxText) throw new Errno('EFBIG')
  const larger = Buffer.allocUnsafeSlow(buffer.length * 2)
  buffer.copy(larger, 0, 0, length)
  buffer = larger
}

/** A system error of node's as ours; anything else as it is. */
export const named = (thrown: unknown): unknown => {
  const code = codeOf(thrown)
  return code === undefined || thrown instanceof Errno
    ? thrown
    : new Errno(code, (thrown as Error).message)
}

/** Opens for reading, hands the descriptor to `use`, closes. */
export const opened = <T>(path: string, use: (fd: number) => T): T => {
  const fd = openSync(path, 'r')
  try {
    return use(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * What a file of one record holds, by one read(2) at offset 0: whatever the
 * kernel makes in one call is of one moment and of one address space, also
 * where the process executes another program meanwhile.
 */
export const readOnce = (fd: number): Buffer => {
  if (buffer.length > kept) buffer = fresh()
  for (;;) {
    const length = readSync(fd, buffer, 0, buffer.length, 0)
    if (length < buffer.length) return buffer.subarray(0, length)
    doubled(0)
  }
}

/**
 * What a file of many records holds: the kernel gives whole records and at
 * most a page or so per read(2) (fs/seq_file.c), so this reads until there is
 * no more.
 */
export const readAll = (fd: number): Buffer => {
  if (buffer.length > kept) buffer = fresh()
  for (let length = 0; ;) {
    const more = readSync(fd, buffer, length, buffer.length - length, null)
    if (more === 0) return buffer.subarray(0, length)
    length += more
    if (length === buffer.length) doubled(length)
  }
}

const probe = new Uint8Array(1)

/** Whether there is a first byte (again). */
export const isEmpty = (fd: number): boolean =>
  readSync(fd, probe, 0, 1, 0) === 0
