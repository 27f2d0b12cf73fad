import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { setImmediate as soon } from 'node:timers/promises'
import { least, outcomeOf } from '../../rig/outcome.ts'
import { pread } from '../../rig/reads.ts'
import { commandOf, isMounted, newPoint } from '../../rig/server.ts'
import type { Bench } from './kind.ts'

/** What a file that is still open may say once its server is gone. */
const gone = /^(?:ECONNABORTED|ENODEV|ENOTCONN)$/

/** Closing tells the server, if there still is one. */
const close = (fd: number): void => {
  outcomeOf(() => fs.closeSync(fd))
}

export const endingCases = ({ t, kind, needs, serve }: Bench): void => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    t.test(
      `${signal} ends it, with a file open and a program inside`,
      needs,
      async t => {
        /** Milliseconds that the end took. */
        const round = async (): Promise<number> => {
          const { point, proc, end } = await serve(t)
          const fd = fs.openSync(`${proc}/${process.pid}/maps`, 'r')
          t.equal(pread(fd, 64, 0).length, 64)
          const inside = spawn('sleep', ['600'], { cwd: proc })
          await once(inside, 'spawn')
          const began = performance.now()
          const { status, errors } = await end(signal)
          const took = performance.now() - began
          t.equal(status, 0)
          t.equal(errors, '')
          t.notOk(isMounted(point))
          t.match(
            outcomeOf(() => pread(fd, 64, 0)),
            gone,
          )
          close(fd)
          t.equal(inside.exitCode, null)
          inside.kill()
          t.same(fs.readdirSync(point), [])
          return took
        }
        t.ok((await least(round, 2000)) < 2000)
      },
    )
  }

  t.test(
    'a signal while it comes up leaves nothing mounted',
    needs,
    async t => {
      const point = newPoint()
      const [program = '', ...args] = commandOf({ host: kind.name }, point)
      const child = spawn(program, args, { stdio: 'ignore' })
      const ended = once(child, 'exit')
      while (!isMounted(point) && child.exitCode === null) await soon()
      child.kill('SIGINT')
      t.same(await ended, [0, null])
      t.notOk(isMounted(point))
      spawnSync('umount', ['-l', point])
      fs.rmdirSync(point)
    },
  )

  t.test(
    'what a killed server leaves is recovered by the next',
    needs,
    async t => {
      const point = newPoint()
      const first = await serve(t, { point })
      const fd = fs.openSync(`${first.proc}/uptime`, 'r')
      t.equal((await first.end('SIGKILL')).status, 'SIGKILL')
      t.ok(isMounted(point))
      t.equal(
        outcomeOf(() => fs.statSync(point)),
        'ENOTCONN',
      )
      const second = await serve(t, { point })
      t.match(fs.readFileSync(`${second.proc}/uptime`, 'utf8'), /^\d/)
      t.match(
        outcomeOf(() => pread(fd, 64, 0)),
        gone,
      )
      close(fd)
      t.equal((await second.end()).status, 0)
      t.notOk(isMounted(point), 'nothing is left below it')
      fs.rmdirSync(point)
    },
  )

  t.test('an unmount from outside ends the process', needs, async t => {
    const { point, proc, ended } = await serve(t)
    t.match(fs.readFileSync(`${proc}/uptime`, 'utf8'), /^\d/)
    execFileSync('umount', [point])
    const { status, errors } = await ended
    t.equal(status, 0)
    t.match(errors, /: unmounted from outside\n$/)
  })

  t.test('one that is unmounted and replaced at once ends', needs, async t => {
    const first = await serve(t, { point: newPoint() })
    const { point } = first
    execFileSync('umount', [point])
    const second = await serve(t, { point })
    const { status, errors } = await first.ended
    t.equal(status, 0)
    t.match(errors, /: unmounted from outside\n$/)
    t.match(fs.readFileSync(`${second.proc}/uptime`, 'utf8'), /^\d/)
    t.equal((await second.end()).status, 0)
    fs.rmdirSync(point)
  })

  t.test('one that ends lets be what has taken its place', needs, async t => {
    const first = await serve(t, { point: newPoint() })
    const { point } = first
    const fd = fs.openSync(`${first.proc}/uptime`, 'r')
    execFileSync('umount', ['-l', point])
    const second = await serve(t, { point })
    t.equal((await first.end()).status, 0)
    close(fd)
    t.match(fs.readFileSync(`${second.proc}/uptime`, 'utf8'), /^\d/)
    t.equal((await second.end()).status, 0)
    fs.rmdirSync(point)
  })
}
