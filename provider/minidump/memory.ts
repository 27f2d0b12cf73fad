import { Errno } from '../errno.ts'
import type { Ranges } from './ranges.ts'
import type { Source } from './source.ts'

/** Bytes of one read; more is EFBIG. */
export const MaxRead = 1 << 26

/** Disjoint, ascending; each has its `[start, end)` and its place in the file. */
interface Index {
  readonly count: number
  readonly starts: Float64Array
  readonly ends: Float64Array
  readonly ats: Float64Array
}

const room = (count: number): Omit<Index, 'count'> => ({
  starts: new Float64Array(count),
  ends: new Float64Array(count),
  ats: new Float64Array(count),
})

const gather = (lists: readonly Ranges[]): Index => {
  const index = room(lists.reduce((sum, { count }) => sum + count, 0))
  let count = 0
  for (const { ranges } of lists)
    for (const { start, length, at } of ranges) {
      if (length === 0) continue
      index.starts[count] = start
      index.ends[count] = start + length
      index.ats[count] = at
      count++
    }
  return { count, ...index }
}

/**
 * Where ranges overlap, the one that starts first has the common bytes, of
 * those that start alike the one listed first: a dump is of one moment, so
 * that they should be the same.
 */
const disjoint = ({ count, starts, ends, ats }: Index): Index => {
  const order = new Uint32Array(count)
    .map((_, at) => at)
    .sort((a, b) => Number(starts[a]) - Number(starts[b]) || a - b)
  const index = room(count)
  let kept = 0
  let before = 0
  for (const next of order) {
    const start = Number(starts[next])
    const end = Number(ends[next])
    const from = Math.max(start, before)
    if (end <= from) continue
    index.starts[kept] = from
    index.ends[kept] = end
    index.ats[kept] = Number(ats[next]) + from - start
    before = end
    kept++
  }
  return { count: kept, ...index }
}

/** The last range that starts at or below an address; -1 if none does. */
const rangeAt = ({ starts, count }: Index, address: number): number => {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (Number(starts[middle]) <= address) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The memory that a dump holds, sorted once; its bytes stay in the file. */
export class Memory {
  private readonly source: Source
  private readonly index: Index

  constructor(source: Source, lists: readonly Ranges[]) {
    this.source = source
    this.index = disjoint(gather(lists))
  }

  /** Ranges, after what was told twice is joined. */
  get count(): number {
    return this.index.count
  }

  /** Where there are bytes, `[start, end)`: ascending, disjoint. */
  *extents(): Generator<readonly [number, number], void, undefined> {
    const { starts, ends, count } = this.index
    for (let at = 0; at < count; at++)
      yield [Number(starts[at]), Number(ends[at])]
  }

  /** How many bytes there are of `[start, end)`. */
  held(start: number, end: number): number {
    const { starts, ends, count } = this.index
    let sum = 0
    for (
      let next = Math.max(rangeAt(this.index, start), 0);
      next < count && Number(starts[next]) < end;
      next++
    ) {
      const from = Math.max(Number(starts[next]), start)
      sum += Math.max(Math.min(Number(ends[next]), end) - from, 0)
    }
    return sum
  }

  /**
   * The bytes at `[address, address + length)` that are there, up to the first
   * that is not. EINVAL for what is no address or length.
   */
  read(address: number, length: number): Uint8Array {
    if (!Number.isInteger(address) || address < 0) throw new Errno('EINVAL')
    if (!Number.isInteger(length) || length < 0) throw new Errno('EINVAL')
    if (length > MaxRead) throw new Errno('EFBIG')
    const { starts, ends, ats, count } = this.index
    const first = rangeAt(this.index, address)
    const last = address + length
    let end = address
    for (let next = Math.max(first, 0); next < count && end < last; next++) {
      if (Number(starts[next]) > end || Number(ends[next]) <= end) break
      end = Number(ends[next])
    }
    const bytes = new Uint8Array(Math.min(end, last) - address)
    let done = 0
    for (let next = first; done < bytes.length; next++) {
      const skip = address + done - Number(starts[next])
      const here = Math.min(
        Number(ends[next]) - address - done,
        bytes.length - done,
      )
      this.source.load(
        bytes.subarray(done, done + here),
        Number(ats[next]) + skip,
      )
      done += here
    }
    return bytes
  }
}
