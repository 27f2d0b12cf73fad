/**
 * Mutated dumps of every kind there is, each opened from disk and every file
 * of its tree read: an errno or a correct reading.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { DocumentName } from '../../fs/document/index.ts'
import { open } from '../../provider/minidump/index.ts'
import { dumpOf, sample } from '../fixtures/dump.ts'
import { example } from '../fixtures/example.ts'
import { ownDump } from '../fixtures/owndump.ts'
import { complaintsOf } from '../rig/about/dumps.ts'
import { isFormed } from '../rig/about/texts.ts'
import { realDumps } from '../rig/dumps.ts'
import { readEvery } from '../rig/everyfile.ts'
import { mutated, spots } from '../rig/mutated.ts'
import { randomFor } from '../rig/random.ts'
import { told } from '../rig/told.ts'
import type { Fuzzer, Tell } from './fuzzer.ts'

interface Kind {
  readonly name: string
  readonly whole: Buffer
  readonly places: ReturnType<typeof spots>
}

const times = (length: number, kind: Kind): Kind[] =>
  Array.from({ length }, () => kind)

const kindOf = (name: string, whole: Buffer): Kind => ({
  name,
  whole,
  places: spots(whole),
})

/** Of a hundred dumps, how many are of which kind; the rest is recorded. */
const shares = (): readonly Kind[] =>
  (
    [
      ['sample', 24, dumpOf(sample)],
      ['aligned', 16, dumpOf({ ...sample, aligned: true })],
      ['full', 16, dumpOf({ ...sample, memory64: sample.memory ?? [] })],
      ['own', 24, ownDump()],
      ['example', 15, example()],
    ] as const
  ).flatMap(([name, share, whole]): Kind[] => times(share, kindOf(name, whole)))

const recorded = (): readonly Kind[] =>
  realDumps.map(file => kindOf(basename(file), readFileSync(file)))

/** Made once, by who mutates them. */
let kinds: { made: readonly Kind[]; recorded: readonly Kind[] } | undefined
const known = () => (kinds ??= { made: shares(), recorded: recorded() })

/** In the folder that a child has to itself. */
const file = 'x.dmp'

const look = (document: DocumentName, text: string): void => {
  if (!isFormed(document, text)) throw new Error(`${document}: ${text}`)
}

/** Whether it could be opened, and all of it read. */
const read = (bytes: Buffer, tell: Tell): boolean => {
  writeFileSync(file, bytes)
  const system = told(() => open({ file, spans: true }))
  if (system === undefined) return false
  try {
    const [complaint] = complaintsOf(system)
    if (complaint !== undefined) throw new Error(complaint)
    tell('files read', readEvery(system, look))
  } finally {
    system.close?.()
  }
  return true
}

export default {
  url: import.meta.url,
  full: 200_000,
  batch: 5000,
  row: 1,
  longest: 5,
  warm() {
    const { made, recorded } = known()
    for (const { name, whole } of new Set([...made, ...recorded]))
      for (let each = 0; each < 3; each++)
        if (!read(whole, () => {}))
          throw new Error(`${name}: cannot be opened itself`)
  },
  begin(seed, number, tell) {
    const { made, recorded } = known()
    const random = randomFor(seed, number)
    const others = recorded.length > 0 ? recorded : made
    const kind = made[random(100)] ?? others[random(others.length)]
    const { name, whole, places } = kind as Kind
    return {
      next() {
        if (recorded.length > 0 && others.includes(kind as Kind))
          tell('of recorded dumps')
        try {
          const isRead = read(mutated(whole, places, random), tell)
          tell(isRead ? 'opened' : 'refused')
        } catch (thrown) {
          throw new Error(name, { cause: thrown })
        }
        return whole.length
      },
    }
  },
} satisfies Fuzzer
