/**
 * The process that does inputs, one after the other, and may crash or hang:
 *
 *     node child.js <url> <seed> <from> <to> <seconds>
 *
 * Numbers from `from` to before `to`, as far as it comes in so many seconds
 * once it is warm. It says what {@link Said} has.
 */
import { writeSync } from 'node:fs'
import { inspect } from 'node:util'
import { Worker } from 'node:worker_threads'
import { room, type Fuzzer, type Said } from './fuzzer.ts'

const say = (said: Said): void => {
  writeSync(1, `${JSON.stringify(said)}\n`)
}

/** Seconds of CPU that this process has taken so far. */
const cpu = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

const peak = (): number => process.resourceUsage().maxRSS * 1024

const [url = '', ...numbers] = process.argv.slice(2)
const [seed = 0, from = 0, to = 0, most = 0] = numbers.map(Number)
const { default: fuzzer } = (await import(url)) as { default: Fuzzer }

await fuzzer.warm()
/** The number that is under way, for the watchdog. */
const now = new Float64Array(new SharedArrayBuffer(8))
now[0] = from
new Worker(new URL('watchdog.js', import.meta.url), {
  workerData: { now, most: 4 * fuzzer.longest },
}).unref()

const words: Record<string, number> = {}
const tell = (word: string, by = 1): void => {
  words[word] = (words[word] ?? 0) + by
}
let inputs = 0
let slowest = 0
let bound = room
const before = process.memoryUsage.rss()

/** From the first number of a row on. */
const doRow = async (first: number, end: number): Promise<void> => {
  let number = first
  try {
    const row = fuzzer.begin(seed, first, tell)
    let spent = cpu()
    for (; number < end; number++) {
      now[0] = number
      const size = await row.next()
      inputs++
      const took = cpu() - spent
      spent += took
      slowest = Math.max(slowest, took)
      if (took > fuzzer.longest) throw new Error(`took ${took} s of CPU`)
      bound = Math.max(bound, 2 * size + room)
      const held = peak() - before
      if (held > bound) throw new Error(`${held} bytes are held`)
    }
    number--
    await row.end?.()
  } catch (thrown) {
    say({ wrong: number, what: inspect(thrown) })
  }
}

const began = performance.now()
const seconds = (): number => (performance.now() - began) / 1000
let at = from
while (at < to && seconds() < most && peak() - before <= bound) {
  say({ at })
  const first = at - (at % fuzzer.row)
  const end = Math.min(first + fuzzer.row, to)
  await doRow(first, end)
  at = end
}
const held = peak() - before
say({
  done: {
    inputs,
    next: at,
    seconds: seconds(),
    words,
    longest: slowest,
    held,
  },
})
process.exit()
