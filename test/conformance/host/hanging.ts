import * as fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { firstHanging } from '../../fixtures/hanging.ts'
import { cat } from '../../rig/outcome.ts'
import { isMounted, providerOf } from '../../rig/server.ts'
import type { Bench } from './kind.ts'

const provider = providerOf('hanging')

/** Milliseconds. */
const deadline = 1000
/** Within which an answer comes at once, on a machine that has others to do. */
const soon = 800

const timedOut = /: Connection timed out$/
const busy = /: Resource temporarily unavailable$/

export const hangingCases = ({ t, kind, needs, serve }: Bench): void => {
  t.test('a walk that hangs: ETIMEDOUT, and others go on', needs, async t => {
    const { proc } = await serve(t, { provider, deadline, walkers: 2 })
    const first = cat(`${proc}/${firstHanging}/maps`).done
    await sleep(100)
    const others = [
      '1000/maps',
      '1000/cmdline',
      `${firstHanging}/comm`,
      'uptime',
    ]
    for (const name of others) {
      const { text, complaint, took } = await cat(`${proc}/${name}`).done
      t.equal(complaint, '', name)
      t.ok(text.length > 0)
      t.ok(took < soon, `${name}: ${took.toFixed()} ms`)
    }
    const { complaint, text, took } = await first
    t.match(complaint, timedOut)
    t.equal(text, '')
    t.ok(took >= deadline && took < deadline + soon, `${took.toFixed()} ms`)

    // the watchdog marks what hangs with its next look
    await sleep(200)
    const again = await cat(`${proc}/${firstHanging}/maps`).done
    t.match(again.complaint, busy, 'no second walk of what hangs')
    t.ok(again.took < soon)
    t.equal((await cat(`${proc}/1000/maps`).done).complaint, '')
  })

  t.test('when all walkers hang: EAGAIN, and a clean end', needs, async t => {
    const { proc, end } = await serve(t, {
      provider,
      deadline: 200,
      walkers: 1,
    })
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
    const refused = await cat(`${proc}/1000/maps`).done
    t.match(refused.complaint, busy, 'a file that would not hang')
    t.ok(refused.took < soon)
    t.match(fs.readFileSync(`${proc}/uptime`, 'utf8'), /^\d/)
    t.match(fs.readFileSync(`${proc}/1000/stat`, 'utf8'), /^1000 /)

    const began = performance.now()
    t.equal((await end()).status, 0)
    t.ok(performance.now() - began < 2000)
  })

  t.test('it ends cleanly while a reader waits for a walk', needs, async t => {
    const { point, proc, end } = await serve(t, { provider, walkers: 1 })
    const reader = cat(`${proc}/${firstHanging}/maps`).done
    await sleep(100)
    t.equal((await end()).status, 0)
    t.notOk(isMounted(point))
    const { complaint, text } = await reader
    t.match(
      complaint,
      /: (?:No such device|Software caused connection abort)$/m,
    )
    t.equal(text, '')
  })

  const signals = ['SIGINT', 'SIGKILL'] as const
  if (kind.interrupts) {
    t.test(
      'a reader that is interrupted does not wait for the walk',
      needs,
      async t => {
        const { proc } = await serve(t, { provider, walkers: 2 })
        for (const [index, signal] of signals.entries()) {
          const reader = cat(`${proc}/${firstHanging + index}/maps`)
          await sleep(150)
          const began = performance.now()
          reader.kill(signal)
          t.equal((await reader.done).signal, signal)
          t.ok(performance.now() - began < soon)
        }
        t.match(fs.readFileSync(`${proc}/uptime`, 'utf8'), /^\d/)
      },
    )
  } else {
    t.test('a reader that is killed ends at the deadline', needs, async t => {
      const { proc } = await serve(t, { provider, deadline, walkers: 2 })
      for (const [index, signal] of signals.entries()) {
        const reader = cat(`${proc}/${firstHanging + index}/maps`)
        await sleep(150)
        reader.kill(signal)
        const { took, signal: by } = await reader.done
        t.equal(by, signal)
        t.ok(took < deadline + soon)
      }
    })
  }
}
