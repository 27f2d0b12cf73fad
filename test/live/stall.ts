/** A process that hangs holds up nobody who asks for another file. */
import t from 'tap'
import { firstHanging } from '../fixtures/hanging.ts'
import { missing, noFile, noLinux } from '../rig/need.ts'
import { median, reading } from '../rig/reading.ts'
import { providerOf, serve } from '../rig/server.ts'

/** A measurement in a virtual machine may be off: the best of so many counts. */
const rounds = 7
const bound = 1.1

t.test(
  `a walker that hangs: others wait at most ${bound} times as long`,
  missing(noLinux, noFile('/dev/fuse')),
  async t => {
    const setting = {
      host: 'fuse',
      provider: providerOf('hanging'),
      deadline: 60_000,
    } as const
    const server = await serve(t, { ...setting, walkers: 3 })
    const free = await serve(t, { ...setting, walkers: 2 })
    const time = async ({ proc }: typeof server): Promise<number> =>
      median((await reading(3000, [`${proc}/1000/maps`])).times)
    // whoever reads this waits for as long as the mount is there
    const stuck = reading(1, [`${server.proc}/${firstHanging}/maps`])
    let best = Infinity
    for (let round = 0; round < rounds && best > bound; round++) {
      const [before, hung] = [await time(free), await time(server)]
      t.comment(`median ${before.toFixed(1)} µs, ${hung.toFixed(1)} µs`)
      best = Math.min(best, hung / before)
    }
    t.ok(best <= bound, `${best.toFixed(2)} times`)
    await server.end()
    t.same((await stuck).errors, { ENODEV: 1 })
  },
)
