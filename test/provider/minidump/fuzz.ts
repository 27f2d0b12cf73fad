import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename, resolve } from 'node:path'
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

const program = resolve(import.meta.dirname, '../../fuzz/minidump.js')

const fuzzed = async (
  ...args: readonly string[]
): Promise<{ code: unknown; output: string }> => {
  const child = spawn(process.execPath, [program, ...args])
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (output += part.toString()))
  const [code] = await once(child, 'close')
  return { code, output }
}

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
  const began = performance.now()
  const { opened, refused, wrong, loads } = fuzz(whole, seed, count)
  const grown = process.memoryUsage().arrayBuffers - before.arrayBuffers
  t.comment(`seed ${seed}: ${opened} opened, ${refused} refused`)
  t.same(wrong, [])
  t.ok(opened > count / 20, 'many are read')
  t.ok(refused > count / 20, 'many are refused')
  t.ok(loads < 64, `${loads} times the dump was read`)
  t.ok(grown < 1 << 28, `${grown} bytes are held`)
  t.ok((performance.now() - began) / count < 50, 'none takes long')
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

t.test('so is each of its files, in no more memory', async t => {
  const { code, output } = await fuzzed('--count', '1000', '--seed', '1')
  t.comment(output)
  t.equal(code, 0, output)
  t.match(output, /^1000 dumps from seed 1: \d+ opened, \d+ refused/m)
})
