import { viewOf } from '../nt/memory.ts'
import { textIn } from '../nt/unicode.ts'
import { addressOf } from '../dll.ts'

/** Room for the longest UNICODE_STRING and its text. */
const buffer = new Uint8Array(0x1_0020)

/**
 * The text of a call that fills in a UNICODE_STRING and, behind it, its text.
 * Undefined where the call fails, or tells of what it did not fill in.
 */
export const textOf = (
  call: (buffer: Uint8Array) => number,
): string | undefined => {
  // what an earlier call left is no text of this one
  buffer.fill(0, 0, 16)
  return call(buffer) >= 0
    ? textIn(viewOf(buffer), 0, addressOf(buffer))
    : undefined
}
