/**
 * Requests of FUSE, half of them mutated, before a whole session: each is
 * answered, as the kernel accepts it, and in the end nothing is held.
 */
import { FuseFuzzer } from '../rig/fusefuzz.ts'
import { randomFor } from '../rig/random.ts'
import type { Fuzzer } from './fuzzer.ts'

const row = 500

export default {
  url: import.meta.url,
  full: 1_000_000,
  batch: 200 * row,
  row,
  longest: 5,
  warm() {
    const warm = new FuseFuzzer(randomFor(0, 0), () => {})
    for (let each = 0; each < row; each++) warm.next()
    warm.end()
  },
  begin: (seed, first, tell) => new FuseFuzzer(randomFor(seed, first), tell),
} satisfies Fuzzer
