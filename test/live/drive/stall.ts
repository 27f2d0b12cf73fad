/** A walk that is stuck holds up nobody who asks for another file. */
import t from 'tap'
import { firstLate, stuck, stuckFor } from '../../fixtures/gated.ts'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { median } from '../../rig/reading.ts'
import { buildStandIn } from '../../rig/winfsp/build.ts'
import { mapsOf, startGated, type Gated } from '../../rig/winfsp/mounted.ts'
import { startWine } from '../../rig/wine.ts'

/** A measurement on a busy machine may be off: the best of so many counts. */
const attempts = 10
const bound = 1.1

/** Microseconds of opening, reading and closing another file. */
const time = async ({ driver }: Gated): Promise<number> => {
  const path = mapsOf(firstLate)
  const cycles = await driver.cycle({ path, rounds: 200, isOnce: true })
  if (cycles.failed > 0) throw new Error(`${cycles.failed}: ${cycles.status}`)
  return cycles.median
}

t.test(
  `a walk stuck for ${stuckFor} ms: others wait at most ${bound} times as long`,
  { ...missing(noLinux, noWine, noMingw), timeout: 500_000 },
  async t => {
    const wine = await startWine(t)
    const dll = buildStandIn(wine.folder)
    const one = await startGated(wine, dll)
    const other = await startGated(wine, dll, { point: 'Q:' })

    /** Of turns that both take while a walk of the first is stuck. */
    const ratio = async (held: Gated, free: Gated): Promise<number> => {
      let isOver = false
      const began = performance.now()
      const walk = held.program.readFile(mapsOf(stuck)).then(text => {
        isOver = true
        return text.toString()
      })
      const ratios: number[] = []
      for (;;) {
        const [before, hung] = [await time(free), await time(held)]
        if (isOver) break
        ratios.push(hung / before)
      }
      t.match(await walk, `/walk/${stuck}`)
      t.ok(performance.now() - began >= stuckFor, 'it was stuck')
      t.ok(ratios.length > 0, 'others were read meanwhile')
      return median(ratios)
    }

    for (const mount of [one, other])
      for (let warm = 0; warm < 5; warm++) await time(mount)
    let best = Infinity
    for (let at = 0; at < attempts && best > bound; at++) {
      // each has its turn at being stuck: what differs between them cancels out
      const ratios = [await ratio(one, other), await ratio(other, one)] as const
      const both = Math.sqrt(ratios[0] * ratios[1])
      t.comment(`${ratios.map(each => each.toFixed(2)).join(', ')}`)
      best = Math.min(best, both)
    }
    t.ok(best <= bound, `${best.toFixed(2)} times`)
    for (const { driver, running, report } of [one, other]) {
      await driver.stop()
      t.match(await running.ended, { code: 0 })
      t.same(report(), [], 'nothing the driver would not have')
    }
  },
)
