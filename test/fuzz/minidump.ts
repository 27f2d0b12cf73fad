/**
 * `npm run fuzz`: mutated dumps of every kind there is, each opened from disk
 * and every file of its tree read. What is to come of each is an errno or a
 * correct reading, in no long time, and in no more memory than twice the file
 * and 64 MiB.
 *
 *     node dist/test/fuzz/minidump.js [--count 200000] [--seed 1]
 *
 * Dumps go by number: the mutation of number n is the same for the same seed,
 * and what is wrong is told by both. It is done in a child, which may crash or
 * hang; the child is begun anew for every batch of one kind.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { open } from '../../provider/minidump/index.ts'
import { dumpOf, sample } from '../fixtures/dump.ts'
import { example } from '../fixtures/example.ts'
import { ownDump } from '../fixtures/owndump.ts'
import { complaintsOf } from '../rig/about/dumps.ts'
import { realDumps } from '../rig/dumps.ts'
import { readEvery } from '../rig/everyfile.ts'
import { mutated, spots } from '../rig/mutated.ts'
import { randomOf } from '../rig/random.ts'
import { told } from '../rig/told.ts'

/** Of a hundred dumps, how many are of which kind; the real ones share theirs. */
const kinds: readonly (readonly [string, number, () => Buffer])[] = [
  ['sample', 24, () => dumpOf(sample)],
  ['aligned', 16, () => dumpOf({ ...sample, aligned: true })],
  ['full', 16, () => dumpOf({ ...sample, memory64: sample.memory ?? [] })],
  ['own', 24, ownDump],
  ['example', 15, example],
]
const shareOfReal = 5

/** Milliseconds that one dump may take. */
const limit = 5000
const mebibyte = 1 << 20

/** What a child tells when it is done. */
interface Told {
  readonly opened: number
  readonly read: number
  /** Milliseconds, of the dump that took longest. */
  readonly longest: number
  /** Bytes that it came to hold beyond what it began with. */
  readonly held: number
  readonly wrong: readonly string[]
}

const wholeOf = (kind: string): Buffer =>
  kinds.find(([name]) => name === kind)?.[2]() ?? readFileSync(kind)

/** The child: so many dumps of one kind, from a number on. */
const child = (kind: string, seed: number, from: number, count: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'winprocfs-fuzz-'))
  const file = join(folder, 'x.dmp')
  const whole = wholeOf(kind)
  const places = spots(whole)
  const wrong: string[] = []
  let opened = 0
  let read = 0
  let longest = 0
  const one = (bytes: Buffer, called: string): void => {
    writeFileSync(file, bytes)
    const began = performance.now()
    const system = told(() => open({ file, spans: true }))
    if (system !== undefined) {
      opened++
      for (const what of complaintsOf(system)) wrong.push(`${called}: ${what}`)
      read += readEvery(system)
      system.close?.()
    }
    const took = performance.now() - began
    if (took > limit) wrong.push(`${called}: took ${took} ms`)
    longest = Math.max(longest, took)
  }
  try {
    // what the program itself takes is there before it is measured
    for (let warm = 0; warm < 3; warm++) one(whole, kind)
    if (opened !== 3) wrong.push(`${kind}: cannot be opened itself`)
    opened = read = longest = 0
    const before = process.memoryUsage.rss()
    for (let each = from; each < from + count; each++) {
      const called = `${basename(kind)}, seed ${seed}, number ${each}`
      const random = randomOf(seed * 0x9e37_79b1 + each * 0x85eb_ca6b)
      random(2)
      try {
        one(mutated(whole, places, random), called)
      } catch (thrown) {
        wrong.push(`${called}: ${(thrown as Error).stack}`)
      }
      console.log('.')
    }
    const held = process.resourceUsage().maxRSS * 1024 - before
    const most = 2 * whole.length + 64 * mebibyte
    if (held > most)
      wrong.push(`${kind}: ${held} bytes are held, more than ${most}`)
    const result: Told = { opened, read, longest, held, wrong }
    console.log(JSON.stringify(result))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Runs a child; undefined, and a complaint, where it crashes or hangs. */
const batch = async (
  kind: string,
  seed: number,
  from: number,
  count: number,
): Promise<Told | string> => {
  const args = ['--kind', kind, '--seed', `${seed}`, '--from', `${from}`]
  const made = spawn(
    process.execPath,
    // the memory that waits to be collected is not what is asked about
    [
      '--max-semi-space-size=1',
      import.meta.filename,
      ...args,
      '--count',
      `${count}`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let done = 0
  let last = ''
  const hang = setTimeout(() => made.kill('SIGKILL'), 4 * limit)
  const closed = once(made, 'close')
  for await (const line of createInterface(made.stdout)) {
    hang.refresh()
    if (line === '.') done++
    else last = line
  }
  const [code, signal] = await closed
  clearTimeout(hang)
  if (code === 0 && last !== '') return JSON.parse(last) as Told
  const number = from + done
  return `${basename(kind)}, seed ${seed}, number ${number}: ${signal ?? code}`
}

const main = async (seed: number, count: number): Promise<void> => {
  const shares = [
    ...kinds.map(([name, share]) => [name, share] as const),
    ...realDumps.map(file => [file, shareOfReal / realDumps.length] as const),
  ]
  const whole = shares.reduce((sum, [, share]) => sum + share, 0)
  const began = performance.now()
  const wrong: string[] = []
  let [from, opened, read, longest, held] = [0, 0, 0, 0, 0]
  let upTo = 0
  for (const [kind, share] of shares) {
    upTo += share
    const end = Math.round((upTo / whole) * count)
    while (from < end) {
      const some = Math.min(5000, end - from)
      const result = await batch(kind, seed, from, some)
      from += some
      if (typeof result === 'string') {
        wrong.push(result)
        continue
      }
      opened += result.opened
      read += result.read
      longest = Math.max(longest, result.longest)
      held = Math.max(held, result.held)
      wrong.push(...result.wrong)
    }
  }
  const seconds = (performance.now() - began) / 1000
  console.log(
    `${count} dumps from seed ${seed}: ${opened} opened, ` +
      `${count - opened} refused, ${read} files read, ` +
      `${wrong.length} complaints; the longest ${longest.toFixed(0)} ms, ` +
      `at most ${(held / mebibyte).toFixed(1)} MiB more; ` +
      `${realDumps.length} recorded dumps; ${seconds.toFixed(0)} s`,
  )
  for (const what of wrong.slice(0, 20)) console.log(what)
  if (wrong.length > 0) process.exitCode = 1
}

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    kind: { type: 'string' },
  },
})
const [seed, count] = [Number(values.seed), Number(values.count)]
if (values.kind === undefined) await main(seed, count)
else child(values.kind, seed, Number(values.from), count)
