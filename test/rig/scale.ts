import { taskDocuments } from '../../fs/document/index.ts'
import { encodeAll } from '../../provider/text.ts'
import { repeated, taskOf, type Walk } from './repeated.ts'

const view = { dialect: 'linux', paths: 'mixed' } as const

/** Bytes of a walk's maps: matched, labelled, joined and printed. */
export const bytesOf = (walk: Walk): number =>
  encodeAll(taskDocuments.maps(taskOf(walk), view, { trusted: true })).length

/** Something done, whose cost is told by how many there are of them. */
export interface Sized {
  readonly count: number
  readonly act: () => void
}

/** Microseconds; what others do on the machine is in the first of them. */
export const clocks = {
  wall: () => performance.now() * 1000,
  processor: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
} as const

/**
 * Microseconds for each, of each round. In each round every size has its turn,
 * and does as many as the largest; a first round warms up.
 */
export const taken = (
  sizes: readonly Sized[],
  rounds: number,
  clock: keyof typeof clocks = 'wall',
): readonly (readonly number[])[] => {
  const most = Math.max(...sizes.map(({ count }) => count))
  const all = sizes.map(size => ({ ...size, times: [] as number[] }))
  const now = clocks[clock]
  for (let round = 0; round <= rounds; round++)
    for (const { count, act, times } of all) {
      const began = now()
      for (let done = 0; done < most; done += count) act()
      const time = now() - began
      if (round > 0) times.push(time / (Math.ceil(most / count) * count))
    }
  return all.map(({ times }) => times)
}

export interface Scaled {
  readonly count: number
  /** Regions of the recorded walks that have a span. */
  readonly spans: number
  /** Microseconds a region, of each round. */
  readonly times: readonly number[]
}

/** What a region costs in walks of these sizes. */
export const scale = (
  walks: readonly Walk[],
  counts: readonly number[],
  rounds: number,
  clock: keyof typeof clocks = 'wall',
): Scaled[] => {
  const all = counts.map(count => ({ count, walk: repeated(walks, count) }))
  const times = taken(
    all.map(({ count, walk }) => ({ count, act: () => void bytesOf(walk) })),
    rounds,
    clock,
  )
  return all.map(({ count, walk }, at) => ({
    count,
    spans: walk.spans.length,
    times: times[at] ?? [],
  }))
}
