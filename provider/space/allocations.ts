import { Access, type Region } from '../contract.ts'
import type { Read } from '../nt/memory.ts'

/** All regions of one AllocationBase. */
export interface Allocation {
  /** `[start, end)` */
  readonly start: number
  end: number
  readonly type: Region['type']
  /** Whether its first page can be read and has no guard. */
  readonly readable: boolean
  /** Its first region. */
  readonly first: Region
}

/** Index of the last of ascending `starts` that is not above `address`. */
const lastNotAbove = (starts: readonly number[], address: number): number => {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((starts[middle] as number) <= address) low = middle + 1
    else high = middle
  }
  return low - 1
}

const isReadable = ({ state, access }: Region): boolean =>
  state === 'commit' &&
  (access & Access.read) !== 0 &&
  (access & Access.guard) === 0

/**
 * The regions of one walk, to be asked what lies at an address: ascending and
 * disjoint as they come, free ones left out. Takes them all at once.
 */
export class Allocations {
  readonly all: readonly Allocation[]
  readonly #starts: readonly number[]
  readonly #regions: readonly Region[]
  readonly #regionStarts: readonly number[]

  constructor(regions: Iterable<Region>) {
    const all: Allocation[] = []
    const held: Region[] = []
    let base: number | undefined
    for (const region of regions) {
      if (region.state === 'free') continue
      held.push(region)
      const { start, end, type } = region
      const last = all.at(-1)
      if (last !== undefined && region.base === base) last.end = end
      else {
        const readable = isReadable(region)
        all.push({ start, end, type, readable, first: region })
      }
      base = region.base
    }
    this.all = all
    this.#starts = all.map(({ start }) => start)
    this.#regions = held
    this.#regionStarts = held.map(({ start }) => start)
  }

  /** The allocation that an address lies in. */
  at(address: number): Allocation | undefined {
    const found = this.all[lastNotAbove(this.#starts, address)]
    return found !== undefined && address < found.end ? found : undefined
  }

  /**
   * `read` kept to pages that were committed and could be read when they were
   * walked: what was a guard page or only reserved then is not asked for, and
   * nothing at all is after `bound` reads.
   */
  guard(read: Read, bound: number): Read {
    let count = 0
    return (address, length) => {
      const there = this.#readable(address, length)
      if (!(there > 0) || ++count > bound) return new Uint8Array()
      return read(address, there)
    }
  }

  /** Bytes, of `length`, up to the first that cannot be read. */
  #readable(address: number, length: number): number {
    const end = address + length
    let at = address
    let index = lastNotAbove(this.#regionStarts, address)
    for (;;) {
      const region = this.#regions[index++]
      const holds =
        region !== undefined &&
        region.start <= at &&
        at < region.end &&
        isReadable(region)
      if (!holds) return at - address
      at = region.end
      if (at >= end) return length
    }
  }
}
