/** What the maps of large dumps cost, beside small ones and the kernel's. */
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { fixture, start } from '../rig/fixture.ts'
import { openLarge } from '../rig/largedump.ts'
import { missing, noCompiler, noLinux } from '../rig/need.ts'
import { taken } from '../rig/scale.ts'

t.setTimeout(500_000)

/** The best round: others may have had the processor. */
const least = (times: readonly number[] | undefined): number =>
  Math.min(...(times ?? []))

const held = (t: Test, recorded: boolean, few: number, many: number): void => {
  const folder = t.testdir({})
  const all = [few, many].map(hundreds => openLarge(folder, hundreds, recorded))
  const [small, large] = taken(
    all.map(({ regions: count, maps }) => ({ count, act: () => void maps() })),
    3,
    'processor',
  )
  for (const [at, { regions, close }] of all.entries()) {
    t.equal(regions, (at === 0 ? few : many) * (recorded ? 100 : 37) + 1)
    close()
  }
  const ratio = least(large) / least(small)
  t.comment(`${ratio.toFixed(2)} times as much a region`)
  t.ok(ratio > 0)
  t.ok(ratio < 1.5, `${ratio.toFixed(2)} times as much in 100 times as many`)
}

t.test('a region costs as much in a dump of 100,000 as in one of 1,000', t => {
  held(t, true, 10, 1000)
  t.end()
})

t.test('so does one that is put together', t => {
  held(t, false, 27, 2700)
  t.end()
})

t.test(
  'as many regions take a small multiple of the kernel’s own time',
  missing(noLinux, noCompiler),
  async t => {
    const count = 22_000
    const { path, remove } = fixture('many')
    const live = await start(path, [`${count}`])
    t.teardown(async () => {
      await live.end()
      remove()
    })
    const dump = openLarge(t.testdir({}), count / 100)
    t.teardown(dump.close)
    const kernel = (): Buffer => readFileSync(`/proc/${live.pid}/maps`)
    t.ok(kernel().toString().split('\n').length > count)
    const [theirs, ours] = taken(
      [
        { count, act: () => void kernel() },
        { count, act: () => void dump.maps() },
      ],
      7,
      'processor',
    )
    const ratio = least(ours) / least(theirs)
    t.comment(`${ratio.toFixed(1)} times the kernel's`)
    t.ok(ratio > 0)
    t.ok(ratio < 20, `${ratio.toFixed(1)} times the kernel's`)
  },
)
