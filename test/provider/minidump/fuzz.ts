import { basename } from 'node:path'
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import { Facts } from '../../../provider/minidump/facts.ts'
import { DumpSystem } from '../../../provider/minidump/system.ts'
import { dumpOf, sample, sourceOf } from '../../fixtures/dump.ts'
import { ownDump } from '../../fixtures/owndump.ts'
import { complaintsOf } from '../../rig/about/dumps.ts'
import { ofRealDumps, realDumps } from '../../rig/dumps.ts'
import { mutated, spots } from '../../rig/mutated.ts'
import { randomOf } from '../../rig/random.ts'
import { told } from '../../rig/told.ts'

interface Result {
  readonly opened: number
  readonly refused: number
  readonly wrong: readonly string[]
  /** The most that one dump had read of it, in sizes of the dump. */
  readonly loads: number
}

const fuzz = (whole: Buffer, seed: number, count: number): Result => {
  const random = randomOf(seed)
  const places = spots(whole)
  let opened = 0
  let loads = 0
  const wrong: string[] = []
  for (let each = 0; each < count; each++) {
    const source = sourceOf(mutated(whole, places, random))
    told(() => {
      const facts = new Facts(openDump(source))
      opened++
      const opener = { uid: 0, gid: 0 }
      const system = new DumpSystem([facts], opener, () => undefined, {
        spans: true,
      })
      for (const what of complaintsOf(system))
        wrong.push(`${seed}/${each}: ${what}`)
    })
    loads = Math.max(loads, source.loaded / Math.max(source.size, 0x1_0000))
  }
  return { opened, refused: count - opened, wrong, loads }
}

const held = (t: Test, whole: Buffer, seed: number, count: number): void => {
  const before = process.memoryUsage()
  const began = process.cpuUsage()
  const { opened, refused, wrong, loads } = fuzz(whole, seed, count)
  const grown = process.memoryUsage().arrayBuffers - before.arrayBuffers
  t.comment(`seed ${seed}: ${opened} opened, ${refused} refused`)
  t.same(wrong, [])
  t.ok(opened > count / 20, 'many are read')
  t.ok(refused > count / 20, 'many are refused')
  t.ok(loads < 64, `${loads} times the dump was read`)
  t.ok(grown < 1 << 28, `${grown} bytes are held`)
  const { user, system } = process.cpuUsage(began)
  t.ok((user + system) / count < 50_000, 'none takes long')
}

t.setTimeout(100_000)

t.test('a mutated dump is an errno or a correct reading', t => {
  const aligned = dumpOf({ ...sample, aligned: true })
  const full = dumpOf({ ...sample, memory64: sample.memory ?? [] })
  held(t, dumpOf(sample), 1, 4000)
  held(t, aligned, 2, 2000)
  held(t, full, 3, 2000)
  t.end()
})

t.test('so is one of our own', t => {
  held(t, ownDump(), 4, 3000)
  t.end()
})

t.test('so is a mutated real one', ofRealDumps, t => {
  for (const [seed, file] of realDumps.entries()) {
    const whole = readFileSync(file)
    t.comment(basename(file))
    held(t, whole, 100 + seed, whole.length > 1 << 20 ? 60 : 200)
  }
  t.end()
})
