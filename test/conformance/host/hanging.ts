import * as fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { firstHanging } from '../../fixtures/hanging.ts'
import { cat, least, type Reading } from '../../rig/outcome.ts'
import { isMounted, providerOf } from '../../rig/server.ts'
import type { Bench } from './kind.ts'

const provider = providerOf('hanging')

/** Milliseconds. */
const deadline = 1000
/** Within which an answer comes at once, on a machine that has others to do. */
const soon = 800

const timedOut = /: Connection timed out$/
/** Where there is nothing mounted any more, or is about to be. */
const tooLate =
  /: (?:No such file or directory|Transport endpoint is not connected)$/
const busy = /: Resource temporarily unavailable$/

export const hangingCases = ({ t, kind, needs, serve }: Bench): void => {
  t.test('a walk that hangs: ETIMEDOUT, and others go on', needs, async t => {
    /** The longest of the answers that come at once. */
    const round = async (): Promise<number> => {
      const { proc, end } = await serve(t, { provider, deadline, walkers: 2 })
      const first = cat(`${proc}/${firstHanging}/maps`).done
      await sleep(100)
      const others = [
        '1000/maps',
        '1000/cmdline',
        `${firstHanging}/comm`,
        'uptime',
      ]
      const times: number[] = []
      for (const name of others) {
        const { text, complaint, took } = await cat(`${proc}/${name}`).done
        t.equal(complaint, '', name)
        t.ok(text.length > 0)
        times.push(took)
      }
      const { complaint, text, took } = await first
      t.match(complaint, timedOut)
      t.equal(text, '')
      t.ok(took >= deadline, `${took.toFixed()} ms`)
      times.push(took - deadline)

      // the watchdog marks what hangs with its next look
      await sleep(200)
      const again = await cat(`${proc}/${firstHanging}/maps`).done
      times.push(again.took)
      t.equal((await cat(`${proc}/1000/maps`).done).complaint, '')
      const longest = Math.max(...times)
      // a look that came so late that there was a second walk took long
      if (longest < soon)
        t.match(again.complaint, busy, 'no second walk of what hangs')
      t.equal((await end()).status, 0)
      t.comment(times.map(time => time.toFixed()).join(', '))
      return longest
    }
    t.ok((await least(round, soon)) < soon)
  })

  t.test('when all walkers hang: EAGAIN, and a clean end', needs, async t => {
    const bench = await serve(t, { provider, deadline: 200, walkers: 1 })
    const { proc } = bench
    const said: string[] = []
    for (let pid = firstHanging; !busy.test(said.at(-1) ?? ''); pid++) {
      said.push((await cat(`${proc}/${pid}/maps`).done).complaint)
      await sleep(50)
    }
    // as many walkers as are started in place of those that hang
    t.ok(said.length > 2 && said.length < 20, `${said.length} walks`)
    t.same(
      said.slice(0, -1).filter(complaint => !timedOut.test(complaint)),
      [],
    )
    const refused = async (): Promise<number> => {
      const { complaint, took } = await cat(`${proc}/1000/maps`).done
      t.match(complaint, busy, 'a file that would not hang')
      return took
    }
    t.ok((await least(refused, soon)) < soon)
    t.match(fs.readFileSync(`${proc}/uptime`, 'utf8'), /^\d/)
    t.match(fs.readFileSync(`${proc}/1000/stat`, 'utf8'), /^1000 /)

    /** Milliseconds of its end; all its walkers hang. */
    const ending = async ({ end }: typeof bench): Promise<number> => {
      const began = performance.now()
      t.equal((await end()).status, 0)
      return performance.now() - began
    }
    let next: typeof bench | undefined = bench
    const round = async (): Promise<number> => {
      const now =
        next ?? (await serve(t, { provider, deadline: 200, walkers: 1 }))
      let pid = firstHanging
      const path = () => `${now.proc}/${pid++}/maps`
      if (next === undefined)
        while (!busy.test((await cat(path()).done).complaint)) await sleep(50)
      next = undefined
      return ending(now)
    }
    t.ok((await least(round, 2000)) < 2000)
  })

  t.test('it ends cleanly while a reader waits for a walk', needs, async t => {
    const round = async (head: number): Promise<Reading> => {
      const { point, proc, end } = await serve(t, { provider, walkers: 1 })
      const reader = cat(`${proc}/${firstHanging}/maps`).done
      await sleep(head)
      t.equal((await end()).status, 0)
      t.notOk(isMounted(point))
      return reader
    }
    let reading = await round(100)
    // one that came when all was over did not wait
    for (const head of [1000, 5000])
      if (tooLate.test(reading.complaint)) reading = await round(head)
    t.match(
      reading.complaint,
      /: (?:No such device|Software caused connection abort)$/m,
    )
    t.equal(reading.text, '')
  })

  const signals = ['SIGINT', 'SIGKILL'] as const
  if (kind.interrupts) {
    t.test(
      'a reader that is interrupted does not wait for the walk',
      needs,
      async t => {
        const { proc } = await serve(t, { provider, walkers: 2 })
        for (const [index, signal] of signals.entries()) {
          let pid = firstHanging + index
          const round = async (): Promise<number> => {
            const reader = cat(`${proc}/${pid}/maps`)
            pid += signals.length
            await sleep(150)
            const began = performance.now()
            reader.kill(signal)
            t.equal((await reader.done).signal, signal)
            return performance.now() - began
          }
          t.ok((await least(round, soon)) < soon)
        }
        t.match(fs.readFileSync(`${proc}/uptime`, 'utf8'), /^\d/)
      },
    )
  } else {
    t.test('a reader that is killed ends at the deadline', needs, async t => {
      const { proc } = await serve(t, { provider, deadline, walkers: 2 })
      for (const [index, signal] of signals.entries()) {
        let pid = firstHanging + index
        const round = async (): Promise<number> => {
          const reader = cat(`${proc}/${pid}/maps`)
          pid += signals.length
          await sleep(150)
          reader.kill(signal)
          const { took, signal: by } = await reader.done
          t.equal(by, signal)
          return took
        }
        t.ok((await least(round, deadline + soon)) < deadline + soon)
      }
    })
  }
}
