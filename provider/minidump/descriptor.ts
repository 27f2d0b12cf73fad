import { Access, type Descriptor } from '../contract.ts'
import type { Handle } from './handles.ts'

/** FILE_READ_DATA, FILE_WRITE_DATA and FILE_APPEND_DATA (winnt.h). */
const rights = [
  [0x1, Access.read],
  [0x2 | 0x4, Access.write],
] as const

/** A path that begins at a drive, at a server or at the root of objects. */
const absolute = /^(?:[a-z]:)?\\/i

/**
 * A file by its path, as the dump has it: that of its device, which no drive is
 * known for. Anything else by its type, with its name, or with its number where
 * it has none: `Key:[\REGISTRY\MACHINE]`, `Event:[68]`.
 *
 * Approximation: of what is no file, nothing tells reading from writing; all of
 * it counts as both.
 */
export const descriptorOf = (
  { type, name, access }: Handle,
  number: number,
): Descriptor => {
  const isFile = type === 'File'
  const isPath = isFile && absolute.test(name)
  return {
    target: isPath ? name : `${type || 'Handle'}:[${name || number}]`,
    access: rights.reduce(
      (sum, [bits, bit]) => sum | (!isFile || access & bits ? bit : 0),
      0,
    ),
  }
}
