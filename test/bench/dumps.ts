/**
 * `npm run bench`, its second part, of crash dumps: what a region of one costs as maps, read,
 * matched with heaps and stacks, labelled, joined and printed, of 1,000 to
 * 100,000 regions; and 22,000 of them beside the kernel's own maps of a living
 * process of as many, in turns.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fixture, start } from '../rig/fixture.ts'
import { openLarge } from '../rig/largedump.ts'
import { noCompiler, noLinux } from '../rig/need.ts'
import { taken } from '../rig/scale.ts'

const rounds = 9

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number

/** Round by round, so that what slows the machine down slows both. */
const ratioOf = (
  times: readonly number[] = [],
  base: readonly number[] = [],
): string => median(times.map((time, at) => time / (base[at] ?? 0))).toFixed(2)

const kinds = [
  { title: 'recorded', recorded: true, hundreds: [10, 100, 1000] },
  { title: 'put together', recorded: false, hundreds: [27, 270, 2700] },
] as const

const sizes = (folder: string): void => {
  for (const { title, recorded, hundreds } of kinds) {
    console.log(`\nRegions of a dump, ${title}, to text\n`)
    console.log('regions   spans  us/region  ratio to the first')
    const all = hundreds.map(each => openLarge(folder, each, recorded))
    const times = taken(
      all.map(({ regions, maps }) => ({
        count: regions,
        act: () => void maps(),
      })),
      rounds,
    )
    for (const [at, { regions, spans, close }] of all.entries()) {
      console.log(
        `${regions}`.padStart(7),
        `${spans}`.padStart(7),
        median(times[at] ?? [])
          .toFixed(3)
          .padStart(10),
        ratioOf(times[at], times[0]).padStart(19),
      )
      close()
    }
  }
}

const beside = async (folder: string): Promise<void> => {
  const count = 22_000
  const { path, remove } = fixture('many')
  const live = await start(path, [`${count}`])
  const dump = openLarge(folder, count / 100)
  try {
    const [theirs = [], ours = []] = taken(
      [
        { count, act: () => void readFileSync(`/proc/${live.pid}/maps`) },
        { count, act: () => void dump.maps() },
      ],
      rounds,
    )
    const ms = (times: readonly number[]): string =>
      ((median(times) * count) / 1000).toFixed(1)
    console.log(
      `\n${count} regions: the kernel's ${ms(theirs)} ms, a dump's ` +
        `${ms(ours)} ms, ratio ${ratioOf(ours, theirs)}`,
    )
  } finally {
    dump.close()
    await live.end()
    remove()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'winprocfs-bench-'))
try {
  sizes(folder)
  const lacking = noLinux || noCompiler
  if (lacking) console.log(`The kernel's: not measured: ${lacking}`)
  else await beside(folder)
} finally {
  rmSync(folder, { recursive: true })
}
