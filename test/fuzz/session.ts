/**
 * Requests of WinFsp's driver, half of them mutated, before a whole session:
 * each is answered, as the driver accepts it, and in the end nothing is left.
 */
import { randomFor } from '../rig/random.ts'
import { SessionFuzzer } from '../rig/winfsp/fuzz.ts'
import type { Fuzzer } from './fuzzer.ts'

const row = 500

export default {
  url: import.meta.url,
  full: 1_000_000,
  batch: 200 * row,
  row,
  longest: 5,
  async warm() {
    const warm = new SessionFuzzer(randomFor(0, 0), () => {})
    for (let each = 0; each < row; each++) await warm.next()
    await warm.end()
  },
  begin(seed, first, tell) {
    return new SessionFuzzer(randomFor(seed, first), tell)
  },
} satisfies Fuzzer
