/**
 * Processes that end by themselves, at any moment of a look at them: maps is
 * whole, or ESRCH. test/live/ending.ts says which program they are.
 */
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { open } from '../../provider/windows/index.ts'
import { randomOf } from '../rig/random.ts'
import { refusal } from '../rig/told.ts'
import { child } from '../rig/wine/child.ts'
import { given, mapsOf } from '../rig/wine/inner.ts'

t.setTimeout(440_000)

const rounds = 150
const seed = 3
/** Started ahead, so that they are at rest when it is their turn. */
const ahead = 6

const folder = mkdtempSync(join(tmpdir(), 'winprocfs-'))
t.teardown(() => rmSync(folder, { recursive: true }))

/** Makes a file after so many milliseconds, while we look. */
const maker = new Worker(
  `
  const { parentPort } = require('node:worker_threads')
  const { writeFileSync } = require('node:fs')
  parentPort.on('message', ({ path, delay }) =>
    setTimeout(() => {
      writeFileSync(path, '')
      parentPort.postMessage(path)
    }, delay))`,
  { eval: true },
)
t.teardown(() => maker.terminate())

interface Started {
  readonly pid: number
  readonly stop: string
  readonly ended: Promise<unknown>
  ready(): Promise<void>
}

const start = async (round: number): Promise<Started> => {
  const [out, stop, file] = ['out', 'stop', 'file'].map(name =>
    join(folder, `${round}.${name}`),
  ) as [string, string, string]
  const output = openSync(out, 'w')
  // not one region more than any process has
  const process = await child(given('PROGRAM'), [stop, '1', file], output)
  closeSync(output)
  t.teardown(() => process.kill())
  return {
    pid: process.pid,
    stop,
    ended: once(process, 'exit'),
    ready: async () => {
      while (!readFileSync(out, 'latin1').includes('ready')) await sleep(2)
    },
  }
}

const system = open({ spans: true })

/** Its maps; `opened` is called where only reading is left. */
const look = (pid: number, opened: () => void = () => undefined): string => {
  const process = system.process(pid)
  opened()
  try {
    return mapsOf(process)
  } finally {
    process.close()
  }
}

t.test('a process that ends meanwhile is told whole, or is gone', async t => {
  t.comment(`seed ${seed}`)
  const random = randomOf(seed)
  const queue: Started[] = []
  const wrong: string[] = []
  let [started, whole, gone, midway] = [0, 0, 0, 0]
  for (let round = 0; round < rounds; round++) {
    while (queue.length < ahead && started < rounds)
      queue.push(await start(started++))
    const { pid, stop, ended, ready } = queue.shift() as Started
    await ready()
    const begun = performance.now()
    const before = look(pid)
    const took = performance.now() - begun
    const made = once(maker, 'message')
    maker.postMessage({ path: stop, delay: random(Math.ceil(took)) })
    for (;;) {
      let after = ''
      let isOpen = false
      const code = refusal(() => (after = look(pid, () => (isOpen = true))))
      if (code === undefined && after === before) {
        whole++
        continue
      }
      if (code !== 'ESRCH') wrong.push(`${round}: ${code ?? after}`)
      else {
        gone++
        if (isOpen) midway++
      }
      break
    }
    await made
    await ended
  }
  t.same(wrong, [])
  t.equal(gone, rounds)
  t.ok(whole > 0, `${whole} times it was whole`)
  t.ok(midway > 0, `${midway} times it ended after it was opened`)
})
