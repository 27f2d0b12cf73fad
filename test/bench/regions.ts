/**
 * `npm run bench`, its first part: what a region of a recorded Windows process
 * costs, matched with heaps and stacks, labelled, joined and printed, in walks
 * of 1,000 to 100,000 regions. Needs recorded dumps beside the checkout.
 */
import { ofRealDumps } from '../rig/dumps.ts'
import { recordedWalks } from '../rig/captures/walks.ts'
import { scale } from '../rig/scale.ts'

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number

const main = (): void => {
  const all = scale(recordedWalks(), [1000, 10_000, 100_000], 9)
  const first = all[0]?.times ?? []
  console.log('Regions of a walk, to text\n')
  console.log('regions   spans  us/region  ratio to the first')
  for (const { count, spans, times } of all) {
    // round by round, so that what slows the machine down slows both
    const ratio = median(times.map((time, at) => time / (first[at] ?? 0)))
    console.log(
      `${count}`.padStart(7),
      `${spans}`.padStart(7),
      median(times).toFixed(3).padStart(10),
      ratio.toFixed(2).padStart(19),
    )
  }
}

if (ofRealDumps.skip) console.log(`Regions: not measured: ${ofRealDumps.skip}`)
else main()
