import { writeSync } from 'node:fs'
import { encode } from '../provider/text.ts'
import { codeOf } from '../provider/errno.ts'

/** Standard output does not take any more. */
export class WriteError extends Error {}

const pause = new Int32Array(new SharedArrayBuffer(4))

/**
 * Writes all of it, at once: what is written before an error on standard error
 * also comes before it. Throws WriteError.
 */
export const write = (data: string | Uint8Array): void => {
  let bytes = typeof data === 'string' ? encode(data) : data
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes))
    } catch (error) {
      // a pipe that someone else set to non-blocking, and that is full
      if (codeOf(error) === 'EAGAIN') Atomics.wait(pause, 0, 0, 1)
      else throw new WriteError('write', { cause: error })
    }
  }
}
