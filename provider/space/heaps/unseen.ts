import { privateAt, type Family } from './heap.ts'

/**
 * A heap whose memory cannot be looked at: a dump that holds little of it, or
 * a page that went away meanwhile. It is one by the word of what lists it
 * alone, and only where an allocation begins: that is labelled.
 *
 * Approximation: its flags are not known, so that `default` is the only word
 * it has; its further segments and its large blocks are not known, either.
 */
export const unseenHeap: Family = (side, address) => {
  const found = side.allocations.at(address)
  if (found?.start !== address || !found.readable) return undefined
  if (side.read(address, 1).length > 0) return undefined
  return {
    flags: 0,
    pieces: () => privateAt(side, address),
    others: () => [],
  }
}
