import { Access, type Region } from '../contract.ts'

/** Bytes of an address space. */
export interface Sizes {
  readonly whole: number
  /** Of images, what can be executed. */
  readonly text: number
  /** Private and committed. */
  readonly data: number
}

export const sizesOf = (regions: Iterable<Region>): Sizes => {
  let [whole, text, data] = [0, 0, 0]
  for (const { start, end, state, type, access } of regions) {
    if (state === 'free') continue
    const size = end - start
    whole += size
    if (type === 'image' && access & Access.execute) text += size
    if (type === 'private' && state === 'commit') data += size
  }
  return { whole, text, data }
}
