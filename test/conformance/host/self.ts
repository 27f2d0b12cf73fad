import { execFile } from 'node:child_process'
import * as fs from 'node:fs'
import { promisify } from 'node:util'
import { missing, noProgram, noRoot } from '../../rig/need.ts'
import { outcomeOf } from '../../rig/outcome.ts'
import type { Bench } from './kind.ts'

const run = promisify(execFile)

/** What both links are, here and in the kernel's, from two threads. */
const script = `
  const { readlinkSync } = require('fs')
  const { Worker, isMainThread, parentPort } = require('worker_threads')
  const look = root =>
    ['self', 'thread-self'].map(name => readlinkSync(root + '/' + name))
  const root = process.env.ROOT
  const here = () => ({ ours: look(root), kernel: look('/proc') })
  if (isMainThread) {
    const main = here()
    new Worker(process.env.SCRIPT, { eval: true }).on('message', worker =>
      console.log(JSON.stringify({ pid: process.pid, main, worker })))
  } else parentPort.postMessage(here())`

export const selfCases = ({ t, kind, needs, live, serve }: Bench): void => {
  if (!kind.caller) {
    t.test('what depends on who calls is not there', needs, async t => {
      const { proc } = await live()
      const names = fs.readdirSync(proc)
      for (const name of ['self', 'thread-self', 'mounts']) {
        t.notOk(names.includes(name), `${name} is not listed`)
        const found = outcomeOf(() => fs.lstatSync(`${proc}/${name}`))
        t.equal(found, 'ENOENT', name)
      }
      t.ok(names.includes('uptime'))
    })
    return
  }

  t.test(
    'self and thread-self are the caller’s, in any thread',
    needs,
    async t => {
      const { proc } = await live()
      const env = { ...process.env, ROOT: proc, SCRIPT: script }
      const { stdout } = await run(process.execPath, ['-e', script], { env })
      const { pid, main, worker } = JSON.parse(stdout)
      t.same(main.ours, [`${pid}`, `${pid}/task/${pid}`])
      t.same(worker.ours, worker.kernel)
      t.equal(worker.ours[0], `${pid}`)
      t.not(worker.ours[1], main.ours[1])
    },
  )

  t.test('files are found through self', needs, async t => {
    const { proc } = await live()
    const { stdout } = await run('cat', [
      `${proc}/self/comm`,
      `${proc}/thread-self/comm`,
    ])
    t.equal(stdout, 'cat\ncat\n')
  })

  const foreign = missing(needs.skip, noRoot, noProgram('unshare'))
  t.test(
    'a caller from a foreign pid namespace has no self',
    foreign,
    async t => {
      // whom the server cannot name, the kernel gives the id 0
      const through = ['unshare', '-p', '-f', '--kill-child=SIGTERM']
      const { proc, end } = await serve(t, { through })
      for (const name of ['self', 'thread-self'])
        t.equal(
          outcomeOf(() => fs.readlinkSync(`${proc}/${name}`)),
          'ENOENT',
        )
      t.equal(
        outcomeOf(() => fs.readFileSync(`${proc}/mounts`)),
        'ENOENT',
      )
      t.match(fs.readFileSync(`${proc}/uptime`, 'utf8'), /^\d+\.\d\d /)
      // unshare itself heeds no other signal, and passes on SIGTERM
      await end('SIGKILL')
    },
  )
}
