/**
 * `npm run bench`, its fourth part: how long it takes to open a file of the
 * drive, read it and close it, under Wine, before the stand-in for WinFsp's
 * driver: ours beside the least file system in C. All are mounted at once and
 * take turns; the ratio is the median of those of each turn.
 *
 *     node dist/test/bench/drive.js [turns] [cycles]
 */
import { join } from 'node:path'
import { programs } from '../rig/mingw.ts'
import { noLinux, noMingw, noWine } from '../rig/need.ts'
import { median } from '../rig/reading.ts'
import { buildHandler, buildStandIn } from '../rig/winfsp/build.ts'
import type { Cycles } from '../rig/winfsp/driver.ts'
import { startDrive, startNode, type Started } from '../rig/winfsp/start.ts'
import { startWine, windowsPath, type Wine } from '../rig/wine.ts'
import { text } from './provider.ts'

const [turns = '31', cycles = '400'] = process.argv.slice(2)

/** One file of one server. */
interface Row {
  readonly name: string
  readonly server: Started
  readonly path: string
  /** What a reader must get; undefined where that is not known. */
  readonly bytes?: number
  /** Name of the row that it is compared with; by default the first. */
  readonly beside?: string
  /** Cycles of a turn. */
  readonly cycles: number
}

const threads = [1, 8] as const

/** Of the one, rights are asked by the token of who opens it. */
const [comm, maps] = ['\\proc\\1\\comm', '\\proc\\1\\maps']

const measure = async (row: Row, threads: number): Promise<Cycles> => {
  const { server, path, bytes, cycles: rounds } = row
  const options = { path, rounds, threads, isOnce: true }
  const told = await server.driver.cycle(options)
  if (told.failed > 0)
    throw new Error(`${row.name}: ${told.failed} failed: ${told.status}`)
  if (bytes !== undefined && told.bytes !== bytes * rounds)
    throw new Error(`${row.name}: not ${bytes} bytes each time`)
  return told
}

/** Round by round, so that what slows the machine down slows both. */
const ratio = (
  ours: readonly Cycles[],
  base: readonly Cycles[],
  of: (cycles: Cycles) => number,
): number =>
  median(ours.map((told, turn) => of(told) / of(base[turn] as Cycles)))

/** Microseconds: of a cycle, for who waits; that each takes of the time. */
const columns = [
  ({ median }: Cycles): number => median,
  ({ total, rounds }: Cycles): number => total / rounds,
] as const

const print = async (rows: readonly Row[], count: number): Promise<void> => {
  const found = rows.map((): Cycles[] => [])
  // the first turn warms up and does not count
  for (let turn = 0; turn <= Number(turns); turn++)
    for (const [at, row] of rows.entries()) {
      const told = await measure(row, count)
      if (turn > 0) found[at]?.push(told)
    }
  console.log(
    `\n${count} at a time`.padEnd(34),
    'us   ratio     us each   ratio',
  )
  for (const [at, { name, beside }] of rows.entries()) {
    const all = found[at] ?? []
    const other = rows.findIndex(row => row.name === beside)
    const base = found[Math.max(0, other)] ?? []
    const cells = columns.flatMap(of => [
      median(all.map(of)).toFixed(1).padStart(9),
      ratio(all, base, of).toFixed(2).padStart(7),
    ])
    console.log(name.padEnd(32), cells.join(' '))
  }
}

const main = async (wine: Wine): Promise<void> => {
  const dll = buildStandIn(wine.folder)
  const built = programs('many', 'suspend')
  const target = await wine.target(
    built.path.many,
    '100',
    windowsPath(join(wine.folder, 'mapped')),
  )
  const pid = String(target.pid)
  await wine.run(built.path.suspend, ['suspend', pid])
  const node = (...args: readonly string[]): Promise<Started> =>
    startNode(wine, dll, args)
  const bytes = text.length
  const handler = buildHandler(wine.folder)
  const inC = async (...more: readonly string[]): Promise<Started> => {
    const args = [windowsPath(dll), `${bytes}`, ...more]
    const started = await startDrive(wine, handler, args)
    await started.running.line(/^mounted$/)
    return started
  }
  const c = await inC()
  const keeping = await inC('token')
  const finished = await node(
    'dist/test/bench/finished.js',
    'winfsp',
    '0',
    'P:',
  )
  const mount = ['dist/src/cli.js', 'mount']
  const provider = 'dist/test/bench/provider.js'
  const made = await node(...mount, '--provider', provider, 'Q:')
  const live = await node(...mount, 'R:')
  const all = { bytes, cycles: Number(cycles) }
  const kept = 'C, and a token is kept'
  // prettier-ignore
  const rows: readonly Row[] = [
    { name: 'C, finished bytes',               server: c,        path: comm, ...all },
    { name: 'finished bytes',                  server: finished, path: comm, ...all },
    { name: kept,                              server: keeping,  path: maps, ...all },
    { name: 'finished, and a token is kept',   server: finished, path: maps, ...all, beside: kept },
    { name: 'the same text made at each open', server: made,     path: comm, ...all },
    { name: '60 regions through the walkers',  server: made,     path: maps, ...all },
    { name: 'a walk of a live process',        server: live,     path: `\\proc\\${pid}\\maps`, cycles: Math.ceil(Number(cycles) / 100) },
  ]
  console.log(`\nThe drive, under Wine: open, read ${bytes} bytes, close`)
  for (const count of threads) await print(rows, count)
  for (const { driver, report, running } of [
    c,
    keeping,
    finished,
    made,
    live,
  ]) {
    await driver.stop()
    await running.ended
    for (const line of report()) throw new Error(line)
  }
  await wine.run(built.path.suspend, ['resume', pid])
  await target.end()
  built.remove()
}

const lacking = noLinux || noWine || noMingw
if (lacking) console.log(`The drive: not measured: ${lacking}`)
else {
  const wine = await startWine()
  try {
    await main(wine)
  } finally {
    await wine.end()
  }
}
