/**
 * `npm run bench`, its third part: the maps of a process of Windows beside a
 * walker in C, both under Wine, of 400 and of 5,000 regions.
 *
 *     node dist/test/bench/windows.js [rounds]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programs } from '../rig/mingw.ts'
import { noLinux, noMingw, noWine } from '../rig/need.ts'
import { startWine, windowsPath, type Wine } from '../rig/wine.ts'

const rounds = process.argv[2] ?? '25'

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number

const least = (numbers: readonly number[]): number => Math.min(...numbers)

const measure = async (
  wine: Wine,
  path: Readonly<Record<'many' | 'walker' | 'suspend', string>>,
  folder: string,
  wanted: string,
): Promise<string> => {
  const file = windowsPath(join(folder, 'mapped'))
  const target = await wine.target(path.many, wanted, file)
  const pid = `${target.pid}`
  const stopped = await wine.run(path.suspend, ['suspend', pid])
  if (stopped.code !== 0) throw new Error(stopped.stderr)
  const output = windowsPath(join(folder, 'walked'))
  const script = 'dist/test/bench/walks.js'
  const args = [pid, windowsPath(path.walker), output, rounds]
  const told = await wine.node(script, args, { limit: 600 })
  await wine.run(path.suspend, ['resume', pid])
  await target.end()
  if (told.code !== 0) throw new Error(told.stderr)
  const times = (who: string): number[] =>
    told.stdout
      .split('\n')
      .filter(line => line.startsWith(`${who} `))
      .map(line => Number(line.slice(who.length)) / 1e6)
  const ours = times('ours')
  const walker = times('walker')
  // each beside the one of the same turn, so that a slow moment slows both
  const ratio = median(ours.map((time, at) => time / (walker[at] ?? 0)))
  return [
    wanted.padStart(7),
    median(walker).toFixed(1).padStart(9),
    median(ours).toFixed(1).padStart(9),
    ratio.toFixed(2).padStart(8),
    (least(ours) / least(walker)).toFixed(2).padStart(9),
  ].join(' ')
}

const main = async (): Promise<void> => {
  const { path, remove } = programs('many', 'walker', 'suspend')
  const folder = mkdtempSync(join(tmpdir(), 'winprocfs-bench-'))
  const wine = await startWine()
  try {
    console.log('\nMaps of a process of Windows, under Wine, in ms\n')
    console.log('regions  C walker      ours    ratio  of least')
    for (const wanted of ['400', '5000'])
      console.log(await measure(wine, path, folder, wanted))
  } finally {
    await wine.end()
    remove()
    rmSync(folder, { recursive: true })
  }
}

const lacking = noLinux || noWine || noMingw
if (lacking) console.log(`Windows: not measured: ${lacking}`)
else await main()
