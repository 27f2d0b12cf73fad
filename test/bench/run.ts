/**
 * `npm run bench`: how many times a second a file is opened, read to its end
 * and closed: ours beside others, all mounted at once, in rounds that take
 * turns, medians of all rounds.
 *
 *     npm run bench -- --rounds 7 --opens 3000 --only fuse,C
 *
 * `--opens` is for one client; eight of them do as many together, each an
 * eighth. `--only` names rows by how they begin. Needs root, gcc and
 * libfuse3-dev; figures of one run compare, those of two machines do not.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compile, type Built } from '../rig/cc.ts'
import { costs } from './costs.ts'
import { baseline, rows, type Row } from './rows.ts'
import { kinds, start, type KindName, type Served } from './servers.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    opens: { type: 'string', default: '3000' },
    only: { type: 'string', default: '' },
  },
})
const rounds = Number(values.rounds)
const opens = Number(values.opens)
const wanted = values.only.split(',').filter(Boolean)

/** Seconds for which names and attributes may be cached. */
const caches = [1, 0] as const
const clients = [1, 8] as const

interface Figures {
  readonly errors: number
  readonly error: string
  readonly bytes: number
  readonly opens: number
  readonly perSecond: number
  /** Microseconds. */
  readonly p50: number
  readonly p99: number
}

/** One row under one setting. */
interface Case {
  readonly row: Row
  readonly cache: number
  readonly clients: number
  readonly path: string
  readonly figures: Figures[]
}

const source = (name: string): string =>
  readFileSync(new URL(`../../../test/bench/${name}`, import.meta.url), 'utf8')

const flagsOf = (library: string): string[] =>
  execFileSync('pkg-config', [library, '--cflags', '--libs'], {
    encoding: 'utf8',
  })
    .trim()
    .split(/\s+/)

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}

const measure = (client: Built, of: Case): void => {
  const each = Math.ceil(opens / of.clients)
  const said = client.run('-c', `${of.clients}`, '-n', `${each}`, of.path)
  const figures = JSON.parse(said) as Figures
  if (figures.errors > 0)
    throw new Error(`${of.path}: ${figures.errors} errors: ${figures.error}`)
  const expected = of.row.bytes
  if (expected !== undefined && figures.bytes !== expected * figures.opens)
    throw new Error(`${of.path}: not ${expected} bytes each time`)
  of.figures.push(figures)
}

/** Round by round, so that what slows the machine down slows both. */
const ratio = (one: Case, base: Case): number =>
  median(
    one.figures.map(
      ({ perSecond }, round) =>
        perSecond / (base.figures[round] as Figures).perSecond,
    ),
  )

const columns = ['file', 'bytes', 'opens/s', 'p50 us', 'p99 us', 'ratio to C']

const print = (title: string, all: readonly Case[]): void => {
  const of = (row: Case, key: 'perSecond' | 'p50' | 'p99'): number =>
    median(row.figures.map(figures => figures[key]))
  const base = all.find(({ row }) => row.name === baseline)
  const lines = all.map(row => {
    const [{ bytes, opens } = { bytes: 0, opens: 1 }] = row.figures
    const rate = of(row, 'perSecond')
    return [
      row.row.name,
      `${Math.round(bytes / opens)}`,
      `${Math.round(rate)}`,
      of(row, 'p50').toFixed(1),
      of(row, 'p99').toFixed(1),
      base ? ratio(row, base).toFixed(2) : '-',
    ]
  })
  const widths = columns.map((column, at) =>
    Math.max(column.length, ...lines.map(line => (line[at] as string).length)),
  )
  console.log(`\n${title}`)
  for (const line of [columns, ...lines]) {
    const [first = '', ...rest] = line.map((cell, at) =>
      at === 0
        ? cell.padEnd(widths[at] as number)
        : cell.padStart(widths[at] as number),
    )
    console.log([first, ...rest].join('  '))
  }
}

const folder = mkdtempSync(join(tmpdir(), 'winprocfs-bench-'))
const built = {
  client: compile(source('client.c'), '-pthread'),
  hello: compile(source('hello.c'), ...flagsOf('fuse3')),
}
const setting = { folder, hello: built.hello }
const served = new Map<string, Served>()

const server = async (name: KindName, cache: number): Promise<Served> => {
  const key = `${name} ${cache}`
  const known = served.get(key)
  if (known) return known
  const started = await start(kinds[name], cache, setting)
  served.set(key, started)
  return started
}

const isWanted = ({ name }: Row): boolean =>
  wanted.length === 0 ||
  name === baseline ||
  wanted.some(start => name.startsWith(start))

const main = async (): Promise<void> => {
  const all: Case[] = []
  for (const row of rows.filter(isWanted)) {
    const { missing } = kinds[row.server]
    if (missing) {
      console.log(`${row.name}: not measured: ${missing}`)
      continue
    }
    for (const cache of caches) {
      const { point } = await server(row.server, row.caches ? cache : 1)
      const path = join(point, row.path)
      for (const count of clients)
        all.push({ row, cache, clients: count, path, figures: [] })
    }
  }
  // the first round warms up and does not count
  for (let round = 0; round <= rounds; round++)
    for (const one of all) {
      measure(built.client, one)
      if (round === 0) one.figures.length = 0
    }
  for (const cache of caches)
    for (const count of clients)
      print(
        `${count} at a time, names and attributes cached for ${cache} s`,
        all.filter(one => one.cache === cache && one.clients === count),
      )
  const alone = all.filter(one => one.cache === 1 && one.clients === 1)
  const p50Of = (name: string): number | undefined => {
    const figures = alone.find(({ row }) => row.name === name)?.figures
    return figures && median(figures.map(({ p50 }) => p50))
  }
  console.log("\nlxcfs caches for 1 s always, the kernel's own needs no cache")
  console.log('\nWhere the time goes (us)')
  for (const [what, time] of costs(p50Of))
    console.log(`${time.toFixed(1).padStart(8)}  ${what}`)
}

try {
  await main()
} finally {
  for (const { end } of served.values()) await end()
  built.client.remove()
  built.hello.remove()
  rmSync(folder, { recursive: true })
}
