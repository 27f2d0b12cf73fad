import { basename } from 'node:path'
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { System } from '../../../provider/contract.ts'
import { openDump } from '../../../provider/minidump/directory.ts'
import { Facts } from '../../../provider/minidump/facts.ts'
import { DumpSystem } from '../../../provider/minidump/system.ts'
import { pieces } from '../../../provider/minidump/write.ts'
import { dumpOf, sample, sourceOf } from '../../fixtures/dump.ts'
import { ofRealDumps, realDumps } from '../../rig/dumps.ts'
import { randomOf } from '../../rig/random.ts'
import { told } from '../../rig/told.ts'

const wild = [
  0, 1, 3, 4, 7, 8, 0x20, 0x7f, 0xff, 0x1000, 0xffff, 0x1_0000, 0x7fff_ffff,
  0x8000_0000, 0xffff_fff0, 0xffff_fffe, 0xffff_ffff,
]

/** Where most of a dump's structure is: the directory and the streams. */
const spots = (bytes: Buffer): readonly (readonly [number, number])[] => [
  [0, 32 + bytes.readUInt32LE(8) * 12],
  ...Array.from({ length: bytes.readUInt32LE(8) }, (_, at) => {
    const entry = bytes.readUInt32LE(12) + at * 12
    return [
      bytes.readUInt32LE(entry + 8),
      Math.min(bytes.readUInt32LE(entry + 4), 4096),
    ] as const
  }),
]

/** Up to four changes of a dump, or its beginning, or its bytes moved. */
const mutate = (
  whole: Buffer,
  places: ReturnType<typeof spots>,
  random: (bound: number) => number,
): Buffer => {
  let bytes = Buffer.from(whole)
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const [from, size] = places[random(places.length)] ?? [0, 4]
    const at = Math.max(0, Math.min(from + random(size + 1), bytes.length - 4))
    if (bytes.length < 64) break
    const kind = random(20)
    if (kind < 6) bytes[at] = random(256)
    else if (kind < 10) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
    else if (kind < 15)
      bytes.writeUInt32LE(wild[random(wild.length)] ?? 0, at & ~3)
    else if (kind < 17) bytes.writeUInt32LE(random(bytes.length + 64), at & ~3)
    else if (kind < 18) bytes = bytes.subarray(0, random(bytes.length))
    else {
      const target = random(bytes.length - 48)
      bytes.copy(bytes, target, at, at + 48)
    }
  }
  return bytes
}

/** All that a dump tells, looked at as a document would; what is wrong. */
const look = (system: System): string[] => {
  const wrong: string[] = []
  const [pid = 0] = system.pids()
  const process = system.process(pid)
  const tids = told(() => process.tids()) ?? []
  if (tids.some((tid, at) => at > 0 && tid <= Number(tids[at - 1])))
    wrong.push('threads that do not ascend')
  told(() => process.comm?.())
  const [tid] = tids
  if (tid !== undefined) told(() => process.thread(tid).exe?.())
  let before = 0
  let walked = 0
  told(() => {
    for (const { start, end, base, state, access } of process.regions()) {
      walked++
      if (start < before || end <= start || end > 2 ** 64)
        wrong.push(`a region from ${start} to ${end}`)
      if (state !== 'free' && base > start) wrong.push(`a base of ${base}`)
      if (state !== 'commit' && access !== 0) wrong.push('access to nothing')
      before = end
      if (walked % 16 === 0)
        if ((told(() => process.read(start, 64))?.length ?? 0) > 64)
          wrong.push('more bytes than asked for')
    }
  })
  told(() => {
    for (const { start, end } of process.spans?.([...process.regions()]) ?? [])
      if (!(start >= 0 && start < end && end <= 2 ** 64))
        wrong.push(`a span from ${start} to ${end}`)
  })
  for (const address of [0, 0x40_0ff8, 0x7efd_f000, 2 ** 52, 2 ** 63])
    told(() => process.read(address, 1 << 20))
  const dumped = tid === undefined ? process : process.thread(tid)
  for (const task of [process, dumped])
    for (const fact of [
      'stat',
      'statm',
      'status',
      'crash',
      'cmdline',
      'environ',
      'cwd',
    ] as const)
      told(() => task[fact]?.())
  for (const fact of ['version', 'notes'] as const)
    told(() => [...(system[fact]?.() ?? [])])
  return wrong
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
    const source = sourceOf(mutate(whole, places, random))
    told(() => {
      const facts = new Facts(openDump(source))
      opened++
      const opener = { uid: 0, gid: 0 }
      const system = new DumpSystem([facts], opener, () => undefined, {
        spans: true,
      })
      for (const what of look(system)) wrong.push(`${seed}/${each}: ${what}`)
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

t.test('a mutated dump is an errno or a correct reading', t => {
  const aligned = dumpOf({ ...sample, aligned: true })
  const full = dumpOf({ ...sample, memory64: sample.memory ?? [] })
  held(t, dumpOf(sample), 1, 4000)
  held(t, aligned, 2, 2000)
  held(t, full, 3, 2000)
  t.end()
})

t.test('so is one of our own', t => {
  const facts = new Facts(openDump(sourceOf(dumpOf(sample))))
  const opener = { uid: 0, gid: 0 }
  const system = new DumpSystem([facts], opener, () => undefined, {
    spans: true,
  })
  const machine = {
    architecture: 'x64',
    system: 'Linux',
    major: 6,
    minor: 18,
    build: 0,
    processors: 2,
  }
  const file = Buffer.alloc(1 << 18)
  let end = 0
  for (const { at, bytes } of pieces(system.process(4242), {
    amount: 'full',
    machine,
    now: 0,
  })) {
    file.set(bytes, at)
    end = Math.max(end, at + bytes.length)
  }
  held(t, file.subarray(0, end), 4, 3000)
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
