import t from 'tap'
import { openProcess } from '../../../provider/linux/process.ts'
import { walk } from '../../../provider/linux/walk.ts'
import type { Region } from '../../../provider/contract.ts'
import { codeOf } from '../../../provider/errno.ts'
import { fixture, start } from '../../rig/fixture.ts'
import { missing, noCompiler, noLinux } from '../../rig/need.ts'
import { recorded } from '../../rig/recorded.ts'

const line = (start: string, end: string): string =>
  `${start}-${end} ---p 00000000 00:00 0 \n`

const walks: readonly (readonly [string, string, number, number | string])[] = [
  ['a text is its regions', line('00001000', '00002000'), 8192, 1],
  ['no text and no memory is no region', '', 0, 0],
  ['no text of one that has memory is EIO', '', 8192, 'EIO'],
  [
    'regions that overlap at every walk are EIO',
    line('00001000', '00003000') + line('00002000', '00004000'),
    8192,
    'EIO',
  ],
  [
    'regions that overlap, of one whose memory is gone, are ESRCH',
    line('00001000', '00003000') + line('00002000', '00004000'),
    0,
    'ESRCH',
  ],
  [
    'a text that is cut is EIO',
    line('00001000', '00002000').slice(0, -9),
    8192,
    'EIO',
  ],
]
for (const [what, maps, vsize, expected] of walks)
  t.test(what, async t => {
    const root = t.testdir({ '7': recorded({ pid: 7, vsize }, { maps }) })
    if (typeof expected === 'number')
      t.equal(walk(`${root}/7`).length, expected)
    else t.throws(() => walk(`${root}/7`), { code: expected })
  })

/** Every program has its stack near the top: a cut text lacks it. */
const isWhole = (regions: readonly Region[]): boolean =>
  regions.some(({ name }) => name === '[stack]')

t.test(
  'a process that exits under the walk is whole, gone, or a zombie',
  missing(noLinux, noCompiler),
  async t => {
    const many = fixture('many')
    t.teardown(() => many.remove())
    const seen = { whole: 0, none: 0, ESRCH: 0 }
    for (let round = 0; round < 40; round++) {
      const life = 2000 + 377 * round
      const { pid, end } = await start(many.path, ['5000', String(life)])
      const process = openProcess('/proc', pid, false)
      // nothing is reaped before this loop ends: it stays, as a zombie
      while (process.stat().state !== 'Z') {
        try {
          const regions = [...process.regions()]
          if (regions.length === 0) seen.none++
          else if (isWhole(regions) && regions.length > 5000) seen.whole++
          else t.fail(`${regions.length} regions`)
        } catch (thrown) {
          t.equal(codeOf(thrown), 'ESRCH')
          seen.ESRCH++
        }
      }
      t.strictSame([...process.regions()], [])
      process.close()
      await end()
    }
    t.comment(JSON.stringify(seen))
    t.ok(seen.whole > 0)
  },
)

t.test(
  'a process that executes others is always whole',
  missing(noLinux, noCompiler),
  async t => {
    const again = fixture('again')
    t.teardown(() => again.remove())
    /** How many programs were seen in one life; few on a busy machine. */
    const round = async (): Promise<number> => {
      const { pid, end } = await start(again.path, ['400'], { ready: false })
      const process = openProcess('/proc', pid, false)
      const stacks = new Set<number>()
      let walked = 0
      for (const until = Date.now() + 400; Date.now() < until; walked++) {
        const regions = [...process.regions()]
        const stack = regions.find(({ name }) => name === '[stack]')
        if (stack === undefined) t.fail(`${regions.length} regions`)
        else stacks.add(stack.start)
      }
      t.comment(`${walked} walks of ${stacks.size} programs`)
      t.equal(process.pid, pid)
      process.close()
      await end()
      return stacks.size
    }
    let most = 0
    for (let left = 10; left > 0 && most <= 10; left--)
      most = Math.max(most, await round())
    t.ok(most > 10)
  },
)
