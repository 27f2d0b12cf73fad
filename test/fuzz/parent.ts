import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Done, Fuzzer, Said } from './fuzzer.ts'

export interface Job {
  /** As `--seed` tells it. */
  readonly seed: number
  /** Numbers from `from` on, so many of them. */
  readonly from?: number
  readonly count: number
  /** Of each process at a time; no more rows are begun after it. */
  readonly seconds?: number | undefined
  /** Processes at a time. */
  readonly jobs?: number
}

/** An input that did not become what it should. */
export interface Complaint {
  readonly number: number
  readonly what: string
}

/** What all of it came to. */
export interface Report extends Omit<Done, 'next' | 'seconds'> {
  readonly wrong: readonly Complaint[]
}

/** No limit. */
const mostSeconds = Number.MAX_SAFE_INTEGER

/** So many complaints are enough. */
const enough = 20

const child = fileURLToPath(new URL('child.js', import.meta.url))

/** One process; without its last word where it crashed or was ended. */
const runIn = async (
  folder: string,
  { url, row }: Fuzzer,
  numbers: readonly number[],
): Promise<{ done?: Done; wrong: Complaint[] }> => {
  const made = spawn(
    process.execPath,
    // the memory that waits to be collected is not what is asked about
    ['--max-semi-space-size=1', child, url, ...numbers.map(String)],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const closed = once(made, 'close')
  const wrong: Complaint[] = []
  let at: number | undefined
  let done: Done | undefined
  for await (const line of createInterface(made.stdout)) {
    const said = JSON.parse(line) as Said
    if ('at' in said) at = said.at
    else if ('done' in said) done = said.done
    else wrong.push({ number: said.wrong, what: said.what })
  }
  const [code, signal] = await closed
  if (done) return { done, wrong }
  if (at === undefined) throw new Error(`${url}: cannot begin`)
  // of a whole row it is not known which; one that hangs has been told
  if (wrong.at(-1)?.what !== 'hangs') {
    const what = `or before it in its row: ended by ${signal ?? code}`
    wrong.push({ number: at - (at % row) + row - 1, what })
  }
  return { wrong }
}

/** The same, in a folder that it has to itself. */
const run = async (
  fuzzer: Fuzzer,
  numbers: readonly number[],
): ReturnType<typeof runIn> => {
  const folder = mkdtempSync(join(tmpdir(), 'winprocfs-fuzz-'))
  try {
    return await runIn(folder, fuzzer, numbers)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Does the inputs of a fuzzer in processes that may crash or hang. */
export const fuzz = async (
  fuzzer: Fuzzer,
  { seed, from = 0, count, seconds = mostSeconds, jobs = 1 }: Job,
): Promise<Report> => {
  const end = from + count
  const words: Record<string, number> = {}
  const wrong: Complaint[] = []
  let [inputs, longest, held] = [0, 0, 0]
  let next = from

  /** Where to go on, and when it has to end. */
  const batch = async (
    at: number,
    to: number,
    left: number,
  ): Promise<readonly [number, number]> => {
    const { done, wrong: more } = await run(fuzzer, [seed, at, to, left])
    wrong.push(...more)
    if (!done) {
      const last = more.at(-1)?.number ?? at
      return [last - (last % fuzzer.row) + fuzzer.row, left]
    }
    inputs += done.inputs
    longest = Math.max(longest, done.longest)
    held = Math.max(held, done.held)
    for (const [word, by] of Object.entries(done.words))
      words[word] = (words[word] ?? 0) + by
    return [done.next, left - done.seconds]
  }
  const lane = async (): Promise<void> => {
    for (let left = seconds; next < end && left > 0 && wrong.length < enough;) {
      let at = next
      const to = Math.min(at - (at % fuzzer.batch) + fuzzer.batch, end)
      next = to
      while (at < to && left > 0 && wrong.length < enough)
        [at, left] = await batch(at, to, left)
    }
  }
  await Promise.all(Array.from({ length: jobs }, lane))
  return { inputs, words, longest, held, wrong }
}

/** A report in words. */
export const textOf = ({ inputs, words, longest, held, wrong }: Report) =>
  [
    `${inputs} inputs`,
    ...Object.entries(words).map(([word, count]) => `${count} ${word}`),
    `${wrong.length} complaints`,
    `the longest ${(longest * 1000).toFixed(0)} ms of CPU`,
    `at most ${(held / (1 << 20)).toFixed(1)} MiB more`,
  ].join(', ')
