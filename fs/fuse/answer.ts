import { blockSize } from '../attr.ts'
import type { Answer } from '../host.ts'
import { partOf } from '../openfile.ts'
import { OutHeader } from './codec/structures.ts'
import { Reply } from './codec/reply.ts'
import { write } from './device.ts'
import { largestRead } from './session.ts'

/**
 * Answers reads from whatever thread this is called in: one write(2) to the
 * device. ENOENT from it means that the kernel no longer waits for this
 * request (its reader was killed), ENODEV that the mount is gone: both are
 * normal, and nobody is left to tell.
 */
export const answerTo = (device: number): Answer => {
  const bytes = new Uint8Array(OutHeader.size + largestRead)
  const reply = new Reply(bytes, { blockSize, time: 0 })
  return (request, outcome) => {
    const { id } = request
    const length =
      typeof outcome === 'string'
        ? reply.error(id, outcome)
        : reply.bytes(id, partOf(outcome, request))
    write(device, bytes, length)
  }
}
