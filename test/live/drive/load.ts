/** The drive under load: nothing stays behind, and all get their own. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { count, firstLate, firstOther } from '../../fixtures/gated.ts'
import { programs } from '../../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { buildStandIn } from '../../rig/winfsp/build.ts'
import { mapsOf, startGated, startMount } from '../../rig/winfsp/mounted.ts'
import { startWine, windowsPath } from '../../rig/wine.ts'

/** Cycles of one turn, by name: without a walker, with one and a token. */
const turn = { uptime: 5000, comm: 3000, cmdline: 2000 } as const
const turns = 10
/** What is to be collected may take so many until it no longer grows. */
const most = 30

/** Of memory, kB. */
const bound = 2900

/** Memory of a process that is its own, kB. */
const memoryOf = (pid: number): number =>
  Number(
    /RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1],
  )

const least = (numbers: readonly number[]): number => Math.min(...numbers)

t.test(
  'the drive under load',
  { ...missing(noLinux, noWine, noMingw), timeout: 500_000 },
  async t => {
    const wine = await startWine(t)
    const dll = buildStandIn(wine.folder)
    const built = programs('handles', 'made')
    t.teardown(() => built.remove())

    await t.test('64 requests in flight', async t => {
      const mount = await startGated(wine, dll, { deadline: 120_000 })
      const { driver, program, running, report } = mount
      const pids = Array.from({ length: count }, (_, at) => [
        firstLate + at,
        firstOther + at,
      ]).flat()
      t.equal(pids.length, 64)
      await mount.shut()
      // the others would open the gate
      const blocker = program.readFile(mapsOf(firstLate))
      const second = program.readFile(mapsOf(firstLate + 1))
      while ((await mount.inside()) < 2) await sleep(5)
      const texts = pids.map(pid => program.readFile(mapsOf(pid)))
      const until = performance.now() + 60_000
      while ((await driver.stats()).given < 66 && performance.now() < until)
        await sleep(5)
      t.ok((await driver.stats()).given >= 64, 'all of them are with us')
      await mount.open()
      const told = (await Promise.all(texts)).map(String)
      t.same(
        told.map(text => /\/walk\/(\d+)\n$/.exec(text)?.[1]),
        pids.map(String),
        'each has its own',
      )
      await Promise.all([blocker, second])
      await mount.hasOpen(0)
      await driver.stop()
      t.match(await running.ended, { code: 0 })
      t.same(report(), [])
    })

    await t.test('100,000 files are opened, read and closed', async t => {
      const target = await wine.target(
        built.path.made,
        windowsPath(wine.folder),
      )
      const mount = await startMount(wine, dll, 'windows')
      const { driver, drive, pid, running, report } = mount
      const at = `\\proc\\${target.pid}`
      const paths = {
        uptime: '\\proc\\uptime',
        comm: `${at}\\comm`,
        cmdline: `${at}\\cmdline`,
      } as const
      let cycles = 0
      let failed = 0
      const round = async (): Promise<void> => {
        for (const name of ['uptime', 'comm', 'cmdline'] as const) {
          const options = { path: paths[name], rounds: turn[name], threads: 4 }
          const told = await driver.cycle({ ...options, isOnce: true })
          cycles += told.rounds
          failed += told.failed
          if (told.bytes === 0) t.fail(`${name}: no bytes`)
        }
      }
      const handles = async (): Promise<number> =>
        Number((await wine.run(built.path.handles, [`${pid}`])).stdout)

      const files = await Promise.all(
        Array.from({ length: 20 }, () => drive.program().open(paths.comm)),
      )
      await mount.hasOpen(20)
      for (const file of files) await file.close()
      await mount.hasOpen(0)

      await round()
      const before = await handles()
      t.ok(before > 0)
      cycles = 0
      const memory: number[] = []
      /** By how much the least of three turns is more than that before. */
      const growth = (): number =>
        least(memory.slice(-3)) - least(memory.slice(-6, -3))
      for (let at = 0; at < turns || (at < most && growth() > bound); at++) {
        await round()
        memory.push(memoryOf(running.linux))
      }
      t.ok(cycles >= 100_000)
      t.equal(failed, 0)
      await mount.hasOpen(0)
      const after = await handles()
      t.comment(
        `${cycles}: ${before} handles, ${after}; ${memory.join(' ')} kB`,
      )
      t.ok(after < before + 10, 'handles')
      // a hundred bytes of each of the 30,000 cycles between would be more
      t.ok(growth() <= bound, `memory: ${growth()} kB more`)
      t.match(await driver.stats(), { handles: 0, mapped: 0, tokens: 0 })
      await driver.stop()
      t.match(await running.ended, { code: 0 })
      t.same(report(), [])
      await target.end()
    })
  },
)
