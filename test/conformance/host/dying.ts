import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { dirents, lseek, Whence } from '../../rig/libc.ts'
import { outcomeOf } from '../../rig/outcome.ts'
import { pread } from '../../rig/reads.ts'
import type { Bench } from './kind.ts'

const files = ['cmdline', 'comm', 'maps', 'stat', 'statm', 'status']

/** A process that does nothing, and its end. */
const sleeper = async (): Promise<ChildProcess> => {
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  return child
}

const ended = async (child: ChildProcess): Promise<void> => {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

export const dyingCases = ({ t, needs, live }: Bench): void => {
  t.test(
    'a process that ends between open and read is ESRCH',
    needs,
    async t => {
      const { proc } = await live()
      const child = await sleeper()
      const open = (root: string): number[] =>
        files.map(name => fs.openSync(`${root}/${child.pid}/${name}`, 'r'))
      const ours = open(proc)
      const kernel = open('/proc')
      // one that was read before, and has more to give
      const read = fs.openSync(`${proc}/${child.pid}/maps`, 'r')
      const first = pread(read, 64, 0)
      t.equal(first.length, 64)
      await ended(child)
      for (const [index, name] of files.entries()) {
        const [mine, its] = [ours, kernel].map(fds =>
          outcomeOf(() => pread(fds[index] as number, 64, 0)),
        )
        t.equal(mine, 'ESRCH', name)
        t.equal(its, 'ESRCH', `${name} of the kernel’s`)
      }
      t.equal(lseek(ours[0] as number, 0, Whence.set), 0, 'but one can seek')
      t.equal(pread(read, 64, 64).length, 64, 'what was made can be read on')
      t.equal(
        outcomeOf(() => pread(read, 64, 0)),
        'ESRCH',
      )
      for (const fd of [...ours, ...kernel, read]) fs.closeSync(fd)
    },
  )

  t.test(
    'environ and mounts of one that has ended: ESRCH, too',
    needs,
    async t => {
      // here the kernel keeps what it needs and goes on (empty, and the mounts)
      const { proc } = await live()
      const child = await sleeper()
      const fds = ['environ', 'mounts'].map(name =>
        fs.openSync(`${proc}/${child.pid}/${name}`, 'r'),
      )
      await ended(child)
      for (const fd of fds) {
        t.equal(
          outcomeOf(() => pread(fd, 64, 0)),
          'ESRCH',
        )
        fs.closeSync(fd)
      }
    },
  )

  t.test(
    'the directories of a process that has ended are empty',
    needs,
    async t => {
      const { proc } = await live()
      const child = await sleeper()
      const open = (root: string): number[] =>
        ['', '/task', `/task/${child.pid}`].map(name =>
          fs.openSync(`${root}/${child.pid}${name}`, 'r'),
        )
      const [ours, kernel] = [open(proc), open('/proc')]
      await ended(child)
      const found = ours.map(fd => dirents(fd, 4096))
      t.same(
        found,
        kernel.map(fd => dirents(fd, 4096)),
      )
      for (const path of ['', '/maps', '/task', '/exe'])
        t.equal(
          outcomeOf(() => fs.lstatSync(`${proc}/${child.pid}${path}`)),
          'ENOENT',
          `${path || 'itself'} is no longer there`,
        )
      t.notOk(fs.readdirSync(proc).includes(`${child.pid}`))
      for (const fd of [...ours, ...kernel]) fs.closeSync(fd)
    },
  )

  t.test('threads come and go in task/', needs, async t => {
    const { proc } = await live()
    const tids = (root: string): string[] =>
      fs.readdirSync(`${root}/${process.pid}/task`)
    /** How many both tell; not while one begins or ends between the two. */
    const same = async (
      holds: (count: number) => boolean = () => true,
    ): Promise<number> => {
      const until = performance.now() + 60_000
      for (;;) {
        const [ours, kernel] = [tids(proc), tids('/proc')]
        const isSame = ours.join() === kernel.join()
        if ((isSame && holds(ours.length)) || performance.now() > until) {
          t.same(ours, kernel)
          return ours.length
        }
        await sleep(20)
      }
    }
    const before = await same()
    const workers = Array.from(
      { length: 3 },
      () => new Worker('setInterval(() => {}, 1e3)', { eval: true }),
    )
    await Promise.all(workers.map(worker => once(worker, 'online')))
    t.ok((await same(count => count >= before + 3)) >= before + 3)
    await Promise.all(workers.map(worker => worker.terminate()))
    t.ok((await same(count => count < before + 3)) < before + 3)
  })

  t.test('task/ never lists 0 while threads come and go', needs, async t => {
    const { proc } = await live()
    const seen = new Set<string>()
    for (let round = 0; round < 8; round++) {
      const worker = new Worker('0', { eval: true })
      const gone = once(worker, 'exit')
      const state = { running: true }
      void gone.then(() => (state.running = false))
      while (state.running) {
        for (const name of await fs.promises.readdir(
          `${proc}/${process.pid}/task`,
        ))
          seen.add(name)
      }
    }
    t.ok(seen.has(`${process.pid}`))
    t.same(
      [...seen].filter(name => !/^[1-9]\d*$/.test(name)),
      [],
    )
  })

  t.test(
    'files of processes that come and go: right, or a clean error',
    needs,
    async t => {
      const { proc } = await live()
      const state = { running: true }
      const churn = async (): Promise<void> => {
        while (state.running) await once(spawn('true'), 'exit')
      }
      const churning = churn()
      const codes = new Set<string>()
      const until = performance.now() + 1000
      while (performance.now() < until) {
        const pids = fs
          .readdirSync(proc)
          .filter(name => Number(name) > process.pid)
        for (const pid of pids) {
          const path = `${proc}/${pid}/stat`
          const stat = await fs.promises.readFile(path, 'utf8').catch(error => {
            codes.add(error.code)
            return `${pid} (`
          })
          if (!stat.startsWith(`${pid} (`)) t.fail(stat)
        }
      }
      state.running = false
      await churning
      t.same(
        [...codes].filter(code => !['ENOENT', 'ESRCH'].includes(code)),
        [],
      )
    },
  )
}
