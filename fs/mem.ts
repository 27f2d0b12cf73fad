import type { Task } from '../provider/contract.ts'
import { Errno } from '../provider/errno.ts'
import type { Window } from './node.ts'

/** Where addresses end. */
const last = 2n ** 64n

/** Addresses up to here are Numbers; beyond, those of pages are. */
const exact = BigInt(Number.MAX_SAFE_INTEGER)
const page = 4096n

/** Bytes of one read: of more, these are read. */
export const MaxWindow = 1 << 24

/** The bytes that are there from any address on; see Task.read. */
const bytesAt = (task: Task, address: bigint, size: number): Uint8Array => {
  if (address <= exact) return task.read(Number(address), size)
  const skip = address % page
  return task
    .read(Number(address - skip), Number(skip) + size)
    .subarray(Number(skip))
}

/**
 * The memory of a task by its addresses, as fs/proc/base.c:mem_rw has it: a
 * read ends where nothing can be read; EIO if it begins there, also beyond all
 * addresses. Of a task that has lost its memory (a zombie), nothing is left to
 * read, which is no error; one that never had any is ESRCH when it is opened.
 *
 * Approximation: what is open is the task and not the memory that it had then.
 * After an exec the new program's is read, if its reader may, where the
 * kernel's file is at its end.
 */
export const mem: Pick<Window, 'open' | 'read'> = {
  open: task => {
    if (task.isBare?.()) throw new Errno('ESRCH')
  },
  read: (task, address, size) => {
    const room = address < last ? last - address : 0n
    const length = Math.min(size, MaxWindow)
    const bytes = bytesAt(
      task,
      address,
      room < BigInt(length) ? Number(room) : length,
    )
    if (bytes.length > 0 || size === 0 || task.isBare?.()) return bytes
    const at = `0x${address.toString(16)}`
    throw new Errno('EIO', task.unread?.(address) ?? `nothing at ${at}`)
  },
}
