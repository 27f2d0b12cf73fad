/**
 * What ends a mount: it is gone soon, nothing hangs, and the next one works.
 *
 * Wine 8 tells a program of Ctrl-C alone. Ctrl-Break, and a console that is
 * closed, are signals of the system underneath to it, which end a program of
 * Windows at once, before any handler of it runs: so a closed console is shown
 * here as what ends the mount from outside, and what the program does when
 * Windows tells it of either is shown by emitting that within it. That Windows
 * does tell, and waits for the end of a program whose console it closes, only
 * Windows can show.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { programs } from '../../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { buildStandIn } from '../../rig/winfsp/build.ts'
import { startMount, until } from '../../rig/winfsp/mounts.ts'
import type { Environment, Started } from '../../rig/winfsp/start.ts'
import { startWine, windowsPath } from '../../rig/wine.ts'

const need = { ...missing(noLinux, noWine, noMingw), timeout: 500_000 }

/** Milliseconds that an end may take. */
const soon = 2000

/** Attempts at an end: a machine may be busy, the best counts. */
const rounds = 3

interface Way {
  readonly name: string
  /** What the mount is started by, given a file that `end` may write. */
  readonly before?: (ask: string) => readonly string[]
  readonly environment?: (ask: string) => Environment & NodeJS.ProcessEnv
  readonly end: (started: Started, ask: string) => unknown
  readonly code: number | null
  /** Of standard error. */
  readonly told?: RegExp
}

/** A walk of this process takes half an hour. */
const slow = 2_000_000_000

t.test('what ends a mount', need, async t => {
  const wine = await startWine(t)
  const dll = buildStandIn(wine.folder)
  const built = programs('console')
  t.teardown(() => built.remove())

  const inConsole = (ask: string): readonly string[] => [
    built.path.console,
    windowsPath(ask),
  ]
  const emitting = (ask: string) => ({
    NODE_OPTIONS: '--import=./dist/test/rig/winfsp/emit.js',
    WINPROCFS_EMIT: windowsPath(ask),
  })
  const write =
    (text: string) =>
    (_: Started, ask: string): void =>
      writeFileSync(ask, text)

  const ways: readonly Way[] = [
    { name: 'Ctrl-C', before: inConsole, end: write('c'), code: 0 },
    {
      name: 'its console is closed',
      before: inConsole,
      end: write('x'),
      code: 0,
    },
    ...(['SIGBREAK', 'SIGHUP'] as const).map(signal => ({
      name: `${signal} within`,
      environment: emitting,
      end: write(`${signal}\n`),
      code: 0,
    })),
    { name: 'killed', end: ({ running }) => running.kill(), code: null },
    {
      name: 'the driver stops the volume',
      end: ({ driver }) => driver.stop(),
      code: 0,
      told: /P: unmounted from outside\n$/,
    },
    {
      name: 'the driver goes away',
      end: ({ driver }) => driver.gone(0xc00002b6 | 0),
      code: 1,
      told: /WinFsp's driver went away: NTSTATUS 0xc00002b6\n$/,
    },
  ]

  let count = 0
  /** Milliseconds that it took. */
  const round = async (t: Test, way: Way): Promise<number> => {
    const ask = join(wine.folder, `ask-${count++}`)
    const started = await startMount(
      wine,
      dll,
      ['--provider', 'dist/test/fixtures/slow.js', '--no-labels', 'P:'],
      { WINPROCFS_STANDIN_VERSION: '0x20002', ...way.environment?.(ask) },
      way.before?.(ask),
    )
    const { drive, driver, running, report } = started
    const program = drive.program()
    const file = await program.open('\\proc\\1\\maps')
    t.match(String(await file.readAll()), '/walk/', 'it serves')
    const waiting = program.open(`\\proc\\${slow}\\maps`).catch(String)
    t.ok(await until(async () => (await driver.stats()).given > 0))
    const began = performance.now()
    await way.end(started, ask)
    const ended = await running.ended
    const took = performance.now() - began
    t.equal(ended.code, way.code)
    t.match(ended.stderr, way.told ?? /^$/)
    t.match(await waiting, /\S/, 'who waited is answered, or told')
    t.same(report(), [], 'nothing the driver would not have')
    return took
  }

  for (const way of ways)
    await t.test(way.name, async t => {
      let best = Infinity
      for (let left = rounds; left > 0 && best > soon; left--)
        best = Math.min(best, await round(t, way))
      t.comment(`${best.toFixed(0)} ms`)
      t.ok(best <= soon, `${best.toFixed(0)} ms`)
    })

  await t.test('and the last was not in the way of the next', async t => {
    const { drive, driver, running } = await startMount(wine, dll)
    t.ok((await drive.program().list('\\proc')).length > 5)
    await driver.stop()
    t.match(await running.ended, { code: 0 })
  })
})
