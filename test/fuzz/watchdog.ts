/**
 * Ends a child of which one input takes for ever: so much CPU, or, where it
 * waits for something, so long.
 */
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import type { Said } from './fuzzer.ts'

/** Seconds of waiting; a busy machine may be slow, not this slow. */
const mostWait = 600

const { now, most } = workerData as {
  readonly now: Float64Array
  /** Seconds of CPU. */
  readonly most: number
}

const spent = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

let seen = -1
let cpu = 0
let began = 0

const look = (): void => {
  const number = now[0] as number
  if (number !== seen) {
    seen = number
    cpu = spent()
    began = performance.now()
    return
  }
  const waited = (performance.now() - began) / 1000
  if (spent() - cpu < most && waited < mostWait) return
  const said: Said = { wrong: number, what: 'hangs' }
  writeSync(1, `${JSON.stringify(said)}\n`)
  process.kill(process.pid, 'SIGKILL')
}

setInterval(look, 200)
