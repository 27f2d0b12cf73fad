import t from 'tap'
import type { Process, Region, Span } from '../../../provider/contract.ts'
import { openDump } from '../../../provider/minidump/directory.ts'
import { Facts } from '../../../provider/minidump/facts.ts'
import { DumpSystem } from '../../../provider/minidump/system.ts'
import {
  dumpOf,
  sample,
  sourceOf,
  type Dumped,
  type DumpedRegion,
} from '../../fixtures/dump.ts'
import { Image } from '../../fixtures/image.ts'
import { eraOf, putHeap, putPeb } from '../../fixtures/winheaps.ts'

const processOf = (dumped: Dumped, spans = true): Process => {
  const facts = new Facts(openDump(sourceOf(dumpOf(dumped))))
  const opener = { uid: 0, gid: 0 }
  const close = (): void => undefined
  return new DumpSystem([facts], opener, close, { spans }).process(4242)
}

type Told = readonly [start: number, kind: string, id?: number | undefined]

const toldOf = (dumped: Dumped): Told[] => {
  const process = processOf(dumped)
  const spans = process.spans?.([...process.regions()]) ?? []
  return [...spans]
    .sort((a: Span, b: Span) => a.start - b.start)
    .map(({ start, kind, id }) =>
      id === undefined ? [start, kind] : [start, kind, id],
    )
}

const states = { commit: 0x1000, reserve: 0x2000, free: 0x1_0000 }
const types = { private: 0x2_0000, mapped: 0x4_0000, image: 0x100_0000 }

/** An image as the regions and the memory of a dump: all, or these pages. */
const recorded = (image: Image, pages?: readonly number[]): Dumped => ({
  regions: image.regions.map(
    ({ start, end, base, state, type }: Region): DumpedRegion => [
      start,
      end - start,
      base,
      states[state],
      state === 'commit' ? 4 : 0,
      types[type],
    ],
  ),
  memory: (pages ?? image.regions.map(({ start }) => start)).map(at => ({
    at,
    bytes: image.read(at, 0x1000),
  })),
})

const [teb, teb32, peb, peb32] = [0x7ef0_0000, 0x7ef0_2000, 0x7efd, 0x7efc].map(
  (at, index) => (index < 2 ? at : at * 0x1_0000),
) as [number, number, number, number]

/** A thread of a 64-bit process and its heap. */
const wide = (): Image => {
  const image = new Image(8)
  for (const at of [teb, peb, 0x1_0000, 0x2_0000]) image.map(at)
  image.pointer(teb + 0x08, 0x2_1000)
  image.pointer(teb + 0x10, 0x2_0000)
  image.pointer(teb + 0x30, teb)
  image.pointer(teb + 0x60, peb)
  putHeap(image, eraOf('Windows 10 x64'), 0x1_0000)
  putPeb(image, peb, [0x1_0000])
  return image
}

/** The same of a 32-bit one, at other addresses. */
const narrow = (): Image => {
  const image = new Image(4)
  for (const at of [teb32, peb32, 0x3_0000, 0x4_0000]) image.map(at)
  image.pointer(teb32 + 0x04, 0x4_1000)
  image.pointer(teb32 + 0x08, 0x4_0000)
  image.pointer(teb32 + 0x18, teb32)
  image.pointer(teb32 + 0x30, peb32)
  putHeap(image, eraOf('Windows 10 x86'), 0x3_0000)
  putPeb(image, peb32, [0x3_0000])
  return image
}

const x86 = 0
const x64 = 9

const base = (architecture: number): Dumped => ({
  system: { architecture, build: 19_045 },
  misc: [3, 4242, 1_700_000_000],
})

t.test('spans are found where they are asked for', t => {
  t.equal(processOf(sample, false).spans, undefined)
  t.equal(processOf(sample, false).thread(4244).spans, undefined)
  t.type(processOf(sample).spans, 'function')
  t.type(processOf(sample).thread(4244).spans, 'function')
  t.end()
})

t.test('a 64-bit process, its first thread the initial one', t => {
  const image = wide()
  const second = image.map(teb + 0x1_0000)
  image.map(0x5_0000)
  image.pointer(second + 0x08, 0x5_1000)
  image.pointer(second + 0x10, 0x5_0000)
  const threads = [
    { tid: 20, teb },
    { tid: 10, teb: second },
    { tid: 20, teb: second },
  ]
  t.same(toldOf({ ...base(x64), ...recorded(image), threads }), [
    [0x1_0000, 'win heap', 0],
    [0x2_0000, 'initial stack', 20],
    [0x5_0000, 'stack', 10],
    [teb, 'teb', 20],
    [second, 'teb', 10],
    [peb, 'peb'],
  ])
  t.end()
})

t.test('a process of 32-bit Windows', t => {
  const dumped = { ...recorded(narrow()), threads: [{ tid: 20, teb: teb32 }] }
  for (const architecture of [x86, x64])
    t.same(toldOf({ ...base(architecture), ...dumped }), [
      [0x3_0000, 'win heap', 0],
      [0x4_0000, 'initial stack', 20],
      [teb32, 'teb', 20],
      [peb32, 'peb'],
    ])
  t.end()
})

t.test('a WoW64 process, whichever architecture its dump has', t => {
  const first = wide()
  first.pointer(teb, teb32)
  const [one, two] = [recorded(first), recorded(narrow())]
  const regions = [...(one.regions ?? []), ...(two.regions ?? [])]
  const dumped = {
    regions: regions.sort(([a], [b]) => a - b),
    memory: [...(one.memory ?? []), ...(two.memory ?? [])],
    threads: [{ tid: 20, teb }],
  }
  for (const architecture of [x86, x64])
    t.same(toldOf({ ...base(architecture), ...dumped }), [
      [0x1_0000, 'win heap', 0],
      [0x2_0000, 'initial stack', 20],
      [0x3_0000, 'win heap', 1],
      [0x4_0000, 'initial stack32', 20],
      [teb, 'teb', 20],
      [teb32, 'teb32', 20],
      [peb32, 'peb32'],
      [peb, 'peb'],
    ])
  t.end()
})

t.test('a dump that holds less has fewer labels', t => {
  const image = wide()
  const dumped = { ...base(x64), threads: [{ tid: 20, teb }] }
  const table: readonly (readonly [string, number[], Told[]])[] = [
    ['nothing', [], [[teb, 'teb', 20]]],
    [
      'a TEB',
      [teb],
      [
        [0x2_0000, 'initial stack', 20],
        [teb, 'teb', 20],
        [peb, 'peb'],
      ],
    ],
    [
      'a TEB and the PEB, which tells where a heap is',
      [teb, peb],
      [
        [0x1_0000, 'win heap', 0],
        [0x2_0000, 'initial stack', 20],
        [teb, 'teb', 20],
        [peb, 'peb'],
      ],
    ],
    [
      'a heap, which tells itself',
      [0x1_0000],
      [
        [0x1_0000, 'win heap', 0],
        [teb, 'teb', 20],
      ],
    ],
  ]
  for (const [name, pages, expected] of table)
    t.same(toldOf({ ...dumped, ...recorded(image, pages) }), expected, name)
  const { memory: _, ...bare } = recorded(image)
  t.same(toldOf({ ...dumped, ...bare }), [[teb, 'teb', 20]], 'no list')
  t.end()
})

t.test('without its threads a process has the heaps of its width', t => {
  const { regions = [], memory = [] } = recorded(wide())
  t.same(toldOf({ ...base(x64), regions, memory }), [[0x1_0000, 'win heap', 0]])
  t.same(toldOf({ ...base(x86), regions, memory }), [])
  for (const architecture of [x86, 5])
    t.same(toldOf({ ...base(architecture), ...recorded(narrow()) }), [
      [0x3_0000, 'win heap', 0],
    ])
  t.same(toldOf({ ...base(12), regions, memory }), [[0x1_0000, 'win heap', 0]])
  t.end()
})

t.test('a list of threads that is wrong is told', t => {
  const { regions = [], memory = [] } = recorded(wide())
  const others = [[3, new Uint8Array(2)]] as const
  const process = processOf({ ...base(x64), regions, memory, others })
  t.throws(() => [...(process.spans?.([...process.regions()]) ?? [])], {
    code: 'EIO',
    message: /ThreadList: 2 bytes/,
  })
  t.end()
})
