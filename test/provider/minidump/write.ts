import t from 'tap'
import type { Process, Region } from '../../../provider/contract.ts'
import { openDump } from '../../../provider/minidump/directory.ts'
import { Facts } from '../../../provider/minidump/facts.ts'
import { DumpSystem } from '../../../provider/minidump/system.ts'
import { amounts, type Amount } from '../../../provider/minidump/wanted.ts'
import { pieces, type Piece } from '../../../provider/minidump/write.ts'
import { sourceOf } from '../../fixtures/dump.ts'
import type { ProcessFacts } from '../../fixtures/facts.ts'
import { system } from '../../fixtures/provider.ts'
import { access, region } from '../../fixtures/regions.ts'

const machine = {
  architecture: 'x64',
  system: 'Windows',
  major: 10,
  minor: 0,
  build: 19_045,
  processors: 4,
}

const options = (amount: Amount) => ({ amount, machine, now: 1_700_000_000 })

/** The file that the pieces make, and the pieces. */
const written = (process: Process, amount: Amount = 'full') => {
  const all: Piece[] = []
  const steps = pieces(process, options(amount))
  let step = steps.next()
  for (; !step.done; step = steps.next())
    all.push({ ...step.value, bytes: Buffer.from(step.value.bytes) })
  const file = Buffer.alloc(
    Math.max(...all.map(({ at, bytes }) => at + bytes.length)),
  )
  for (const { at, bytes } of all) file.set(bytes, at)
  return { file, all, told: step.value }
}

const reopened = (file: Uint8Array, pid: number): Process =>
  new DumpSystem(
    [new Facts(openDump(sourceOf(file)))],
    { uid: 0, gid: 0 },
    () => undefined,
    { spans: true },
  ).process(pid)

const live = (facts: Partial<ProcessFacts>): Process =>
  system({ processes: [{ pid: 42, ...facts }] }).process(42)

const filled = (at: number, length: number, byte: number) => ({
  at,
  bytes: new Uint8Array(length).fill(byte),
})

const free = { base: 0, state: 'free', access: 0 } as const

const regions: readonly Region[] = [
  region(0, 0x1_0000, free),
  region(0x1_0000, 0x1_2000, { access: access('rw') }),
  region(0x1_2000, 0x1_3000, {
    base: 0x1_0000,
    access: 0,
    state: 'reserve',
  }),
  region(0x2_0000, 0x2_1000, { access: access('rwg') }),
  region(0x3_0000, 0x3_2000, {
    type: 'image',
    access: access('rx'),
    name: 'C:\\a\\program.exe',
  }),
  region(0x4_0000, 0x4_1000, {
    type: 'mapped',
    access: access('r'),
    name: '/data/\udcff \u{1f600}\n',
    offset: 0x7000,
    major: 254,
    minor: 3,
    inode: 2n ** 60n + 1n,
  }),
  region(0x5_0000, 0x5_1000, { access: access('w'), name: '[heap]' }),
  region(0x6_0000, 0x6_1000, { access: access('rw'), offset: 0 }),
  region(0xffff_ffff_ff60_0000, 0xffff_ffff_ff60_1000, {
    access: access('x'),
    name: '[vsyscall]',
  }),
]

const spans = [
  { start: 0x1_0000, end: 0x1_2000, kind: 'stack', id: 7 },
  { start: 0x6_0000, end: 0x6_1000, kind: 'teb', id: 7 },
  {
    start: 0x4_0000,
    end: 0x4_1000,
    kind: 'win heap',
    id: 0,
    words: ['default', 'grow'],
  },
]

const facts: Partial<ProcessFacts> = {
  regions,
  spans,
  exe: 'C:\\a\\program.exe',
  threads: [
    { tid: 7, comm: 'main \u{1f600}' },
    { tid: 9, comm: '' },
  ],
  memory: [
    filled(0x1_0000, 0x1800, 1),
    filled(0x3_0000, 0x2000, 3),
    filled(0x4_0000, 0x1000, 4),
    filled(0x6_0000, 0x1000, 6),
  ],
}

const bigint = (told: Region): Region =>
  told.inode === undefined ? told : { ...told, inode: BigInt(told.inode) }

t.test('what is written is read as it was', t => {
  const { file, told } = written(live(facts))
  const process = reopened(file, 42)
  t.same([...process.regions()], regions.map(bigint))
  t.same(process.spans?.([]), spans)
  t.same(process.tids(), [7, 9])
  t.equal(process.thread(7).comm?.(), 'main \u{1f600}')
  t.equal(process.thread(9).comm?.(), 'program.exe')
  t.equal(process.exe?.(), 'C:\\a\\program.exe')
  t.same(told, {
    regions: 9,
    threads: 2,
    memory: 0x1800 + 0x2000 + 0x1000 + 0x1000,
    // half a page, and what the fixture has no bytes of
    missed: 0x800 + 0x1000,
  })
  t.end()
})

t.test('each amount of memory holds what those before it do', t => {
  const held = (amount: Amount): number[] => {
    const process = reopened(written(live(facts), amount).file, 42)
    return [0x1_0000, 0x2_0000, 0x3_0000, 0x4_0000, 0x6_0000].filter(
      at => process.read(at, 1).length > 0,
    )
  }
  t.same(amounts.map(held), [
    [],
    [0x1_0000, 0x6_0000],
    [0x1_0000, 0x4_0000, 0x6_0000],
    [0x1_0000, 0x3_0000, 0x4_0000, 0x6_0000],
  ])
  t.end()
})

t.test('memory is what it was, and a hole stays one', t => {
  const process = reopened(written(live(facts)).file, 42)
  t.same(process.read(0x1_0000, 0x2000), new Uint8Array(0x1800).fill(1))
  t.same(process.read(0x3_0ffe, 4), new Uint8Array(4).fill(3))
  const holed = live({
    regions: [region(0x1_0000, 0x1_8000)],
    memory: [
      filled(0x1_0000, 0x1000, 1),
      filled(0x1_3000, 0x2000, 2),
      filled(0x1_7000, 0x1000, 3),
    ],
  })
  const { file, told } = written(holed)
  t.match(told, { memory: 0x4000, missed: 0x4000 })
  const again = reopened(file, 42)
  t.same(
    [0x1_0000, 0x1_1000, 0x1_3000, 0x1_5000, 0x1_7000].map(
      at => again.read(at, 0x8000).length,
    ),
    [0x1000, 0, 0x2000, 0, 0x1000],
  )
  t.equal(again.read(0x1_7000, 1)[0], 3)
  t.end()
})

t.test('a part that ends within a page is followed by the next page', t => {
  const holed = live({
    regions: [region(0x1_0000, 0x1_4000)],
    memory: [filled(0x1_0000, 0x1800, 1), filled(0x1_2000, 0x1000, 2)],
  })
  const { file, told } = written(holed)
  t.match(told, { memory: 0x2800, missed: 0x1800 })
  const again = reopened(file, 42)
  t.equal(again.read(0x1_0000, 0x4000).length, 0x1800)
  t.same(again.read(0x1_2000, 0x2000), new Uint8Array(0x1000).fill(2))
  t.end()
})

/** Ranges in Memory64List, by the header's own offsets. */
const rangesIn = (file: Buffer): number => {
  const directory = file.readUInt32LE(12)
  for (let at = 0; at < file.readUInt32LE(8); at++)
    if (file.readUInt32LE(directory + at * 12) === 9)
      return file.readUInt32LE(file.readUInt32LE(directory + at * 12 + 8))
  return 0
}

t.test('what is mostly a hole is not felt for to its end', t => {
  let reads = 0
  const end = 2 ** 46
  const process = live({ regions: [region(0x1_0000, end)] })
  const counted = {
    ...process,
    tids: () => [42],
    regions: () => process.regions(),
    read: () => {
      reads++
      return new Uint8Array()
    },
  } as unknown as Process
  const { told } = written(counted)
  t.ok(reads <= 0x1_0000, `${reads} reads`)
  t.match(told, { memory: 0, missed: end - 0x1_0000 })
  t.end()
})

t.test('names as long as Windows has them are read as they were', t => {
  const name = `C:\\${'\u4e2d'.repeat(0x7ffc)}`
  const of = live({ regions: [region(0x1_0000, 0x1_1000, { name })] })
  const again = reopened(written(of, 'none').file, 42)
  t.equal([...again.regions()][0]?.name, name)
  t.end()
})

t.test('of more spans than are ever looked at, the first are written', t => {
  const all = Array.from({ length: 0x2_0001 }, (_, at) => ({
    start: at * 0x1000,
    end: (at + 1) * 0x1000,
    kind: 'teb',
    id: at,
  }))
  const of = live({ regions: [region(0, 0x1000)], spans: all })
  const again = reopened(written(of, 'none').file, 42)
  t.equal([...(again.spans?.([]) ?? [])].length, 0x2_0000)
  t.end()
})

t.test('regions that follow one another are one range', t => {
  const { file } = written(
    live({
      regions: [
        region(0x1_0000, 0x1_2000),
        region(0x1_2000, 0x1_3000),
        region(0x8_0000, 0x8_1000),
      ],
      memory: [filled(0x1_0000, 0x3000, 1), filled(0x8_0000, 0x1000, 2)],
    }),
  )
  t.equal(rangesIn(file), 2)
  t.end()
})

t.test('more parts than there is room for are left out, and counted', t => {
  const count = 5000
  const pages = Array.from({ length: count }, (_, at) => at * 0x2000)
  const { file, told } = written(
    live({
      regions: [region(0, count * 0x2000)],
      memory: pages.map(at => filled(at, 0x1000, 5)),
    }),
  )
  const kept = 4097
  t.match(told, { memory: kept * 0x1000, missed: (2 * count - kept) * 0x1000 })
  const process = reopened(file, 42)
  t.equal(process.read(4096 * 0x2000, 0x1000).length, 0x1000)
  t.equal(process.read(4097 * 0x2000, 0x1000).length, 0)
  t.end()
})

t.test('pieces never overlap, and the header comes last', t => {
  const { all, file } = written(live(facts))
  t.equal(all.at(-1)?.at, 0)
  const placed = all
    .map(({ at, bytes }) => [at, at + bytes.length] as const)
    .toSorted((a, b) => a[0] - b[0])
  t.ok(placed.every(([at], next) => at >= (placed[next - 1]?.[1] ?? 0)))
  const { total } = all[0] as Piece
  t.ok(all.every(({ done }, at) => done >= (all[at - 1]?.done ?? 0)))
  t.equal(all.at(-1)?.done, total)
  const { at } = all.at(-1) as Piece
  t.equal(at, 0)
  t.throws(
    () => openDump(sourceOf(Buffer.from(file).fill(0, 0, 32))),
    { code: 'EINVAL' },
    'what is cut short is no dump',
  )
  t.end()
})

t.test('a process that ends meanwhile is ESRCH', t => {
  const machine = system({ processes: [{ pid: 42, ...facts }] })
  const steps = pieces(machine.process(42), options('full'))
  steps.next()
  machine.end(42)
  t.throws(() => [...steps], { code: 'ESRCH' })
  t.end()
})

t.test('one without threads, names, spans or regions', t => {
  const bare = live({ regions: [] })
  const process = reopened(written(bare).file, 42)
  t.same([...process.regions()], [])
  t.same(process.tids(), [42])
  t.end()
})

t.test('a system or processor that dumps have no number of is refused', t => {
  for (const wrong of [{ system: 'Plan 9' }, { architecture: 'mips' }])
    t.throws(
      () => [
        ...pieces(live({ regions: [] }), {
          ...options('none'),
          machine: { ...machine, ...wrong },
        }),
      ],
      { code: 'EINVAL', message: /no minidump of/ },
    )
  t.end()
})

t.test('one of another system is read, as no other’s of it is', t => {
  const steps = pieces(live(facts), {
    ...options('none'),
    machine: { ...machine, system: 'Linux', major: 6, minor: 18 },
  })
  const file = Buffer.alloc(1 << 16)
  for (const { at, bytes } of steps) file.set(bytes, at)
  const { identity } = new Facts(openDump(sourceOf(file)))
  t.match(identity, { system: 'Linux', pid: 42, major: 6, minor: 18 })
  t.end()
})
