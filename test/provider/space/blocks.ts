import t from 'tap'
import { Allocations } from '../../../provider/space/allocations.ts'
import { findBlocks, type Thread } from '../../../provider/space/blocks.ts'
import { labels } from '../../../provider/space/labels.ts'
import type { Face } from '../../../provider/space/target.ts'
import { Image } from '../../fixtures/image.ts'

type Told = readonly [kind: string, start: number, end: number, id?: number]

const blocksIn = (
  image: Image,
  faces: readonly Face[],
  threads: readonly Thread[] = [],
  build = 26100,
): Told[] => {
  const { read } = image
  const allocations = new Allocations(image.regions)
  const target = { allocations, read, faces, build }
  return [...findBlocks(target, threads)].map(({ kind, start, end, id }) =>
    id === undefined ? [kind, start, end] : [kind, start, end, id],
  )
}

const pointers: readonly (readonly [string, number, number])[] = [
  ['process parameters', 0x20, 0x10],
  ['api set map', 0x68, 0x38],
  ['csr shared memory', 0x88, 0x4c],
  ['silo shared data', 0x90, 0x50],
  ['code page data', 0xa0, 0x58],
  ['gdi handle table', 0xf8, 0x94],
  ['shim data', 0x2d8, 0x1e8],
  ['activation context', 0x2f8, 0x1f8],
  ['system activation context', 0x308, 0x200],
  ['wer registration data', 0x358, 0x230],
  ['telemetry coverage', 0x7a0, 0x45c],
  ['leap second data', 0x7b8, 0x470],
]

const peb = 0x7efd_0000

/** A PEB that points into an allocation for each of its pointers. */
const pointing = (width: 4 | 8): Image => {
  const image = new Image(width)
  image.map(peb, [[0x10000, 'rw']])
  for (const [index, [, x64, x86]] of pointers.entries()) {
    const at = image.map(0x100000 * (index + 1), [[0x2000, 'r']])
    image.pointer(peb + (width === 8 ? x64 : x86), at + 0x1230)
  }
  return image
}

t.test('what a PEB points to, of either width', t => {
  for (const width of [8, 4] as const)
    t.same(blocksIn(pointing(width), [{ peb, width }]), [
      ['peb', peb, peb + 0x1000],
      ...pointers.map(([kind], index) => [
        kind,
        0x100000 * (index + 1),
        0x100000 * (index + 1) + 0x2000,
      ]),
    ])
  t.end()
})

t.test('what an older PEB does not have is not looked for', t => {
  const table: readonly (readonly [number, string | undefined])[] = [
    [7601, 'wer registration data'],
    [16298, 'wer registration data'],
    [16299, 'telemetry coverage'],
    [17762, 'telemetry coverage'],
    [17763, 'leap second data'],
  ]
  for (const [build, last] of table) {
    const found = blocksIn(pointing(8), [{ peb, width: 8 }], [], build)
    t.equal(found.at(-1)?.[0], last, `${build}`)
  }
  t.end()
})

t.test('pointers to nowhere and to null name nothing', t => {
  const image = new Image(8)
  image.map(peb)
  image.map(0, [[0x1000, 'rw']])
  for (const [, offset] of pointers.slice(0, 4))
    image.pointer(peb + offset, 0x6660000)
  t.same(blocksIn(image, [{ peb, width: 8 }]), [['peb', peb, peb + 0x1000]])
  t.end()
})

t.test('shared user data is where it always is', t => {
  const image = new Image(8)
  image.map(0x7ffe0000, [[0x1000, 'r']])
  t.same(blocksIn(image, []), [['shared user data', 0x7ffe0000, 0x7ffe1000]])
  t.end()
})

const stackPieces = [
  [0xd000, 'reserve'],
  [0x1000, 'rwg'],
  [0x2000, 'rw'],
] as const

t.test('threads’ TEBs and stacks', t => {
  const table: readonly (readonly [4 | 8, number, number])[] = [
    [8, 7601, 2],
    [8, 26100, 2],
    [4, 22631, 1],
    [4, 26100, 2],
  ]
  for (const [width, build, pages] of table) {
    const image = new Image(width)
    const teb = image.map(0x7ef00000, [[0x4000, 'rw']])
    const stack = image.map(0x200000, stackPieces)
    image.pointer(teb + width, stack + 0x10000)
    image.pointer(teb + 2 * width, stack + 0xe000)
    t.same(
      blocksIn(
        image,
        [{ peb, width }],
        [
          { tid: 7, teb },
          // the last page of them, and none
          { tid: 8, teb: teb + 0x3000 },
          { tid: 9, teb: 0x6660000 },
          { tid: 10, teb: teb + 0x10 },
        ],
        build,
      ),
      [
        ['teb', teb, teb + 0x1000 * pages, 7],
        ['stack', stack, stack + 0x10000, 7],
        ['teb', teb + 0x3000, teb + 0x4000, 8],
      ],
      `${width}, ${build}`,
    )
    t.equal(image.strays, 0)
  }
  t.end()
})

t.test('a stack that cannot be one has no label', t => {
  const table: readonly (readonly [string, number, number])[] = [
    ['upside down', 0x20e000, 0x20d000],
    ['empty', 0x20e000, 0x20e000],
    ['longer than its allocation', 0x20e000, 0x210001],
    ['elsewhere', 0x6660000, 0x6670000],
    ['null', 0, 0],
  ]
  for (const [name, limit, base] of table) {
    const image = new Image(8)
    const teb = image.map(0x7ef00000, [[0x2000, 'rw']])
    image.map(0x200000, stackPieces)
    image.pointer(teb + 8, base)
    image.pointer(teb + 16, limit)
    t.same(
      blocksIn(image, [{ peb, width: 8 }], [{ tid: 7, teb }]),
      [['teb', teb, teb + 0x2000, 7]],
      name,
    )
  }
  t.end()
})

/** A WoW64 thread, in the layout of its 64-bit and its 32-bit TEB. */
const wow = (): Image => {
  const image = new Image(8)
  image.map(0x7ef00000, [[0x10000, 'rw']])
  image.map(0x200000, stackPieces)
  image.map(0x300000, stackPieces)
  image.pointer(0x7ef04000, 0x7ef06000)
  image.pointer(0x7ef04008, 0x210000)
  image.pointer(0x7ef04010, 0x20e000)
  image.u32(0x7ef06004, 0x310000)
  image.u32(0x7ef06008, 0x30e000)
  image.u32(0x7ef06018, 0x7ef06000)
  return image
}

const faces: readonly Face[] = [
  { peb: 0x7ef00000, width: 8 },
  { peb: 0x7ef01000, width: 4 },
]

const threads: readonly Thread[] = [{ tid: 7, teb: 0x7ef04000 }]

t.test('both TEBs and both stacks of a WoW64 thread', t => {
  t.same(blocksIn(wow(), faces, threads, 7601), [
    ['peb', 0x7ef00000, 0x7ef01000],
    ['peb32', 0x7ef01000, 0x7ef02000],
    ['teb', 0x7ef04000, 0x7ef06000, 7],
    ['stack', 0x200000, 0x210000, 7],
    ['teb32', 0x7ef06000, 0x7ef07000, 7],
    ['stack32', 0x300000, 0x310000, 7],
  ])
  t.end()
})

t.test('the initial thread’s stacks are told from the others’', t => {
  const [thread] = threads as [Thread]
  const found = blocksIn(wow(), faces, [{ ...thread, isInitial: true }], 7601)
  t.same(
    found.filter(([kind]) => kind.includes('stack')),
    [
      ['initial stack', 0x200000, 0x210000, 7],
      ['initial stack32', 0x300000, 0x310000, 7],
    ],
  )
  t.end()
})

t.test('a 32-bit TEB that does not know itself is none', t => {
  const table: readonly (readonly [number, number])[] = [
    [0x7ef06018, 0x7ef06001],
    [0x7ef04000, 0x6660000],
  ]
  for (const [at, lie] of table) {
    const image = wow()
    image.u32(at, lie)
    const found = blocksIn(image, faces, threads, 7601)
    t.same(found.at(-1), ['stack', 0x200000, 0x210000, 7])
  }
  t.end()
})

t.test('a 64-bit TEB that is not there tells of no other', t => {
  const teb = 0x6660000
  t.equal(blocksIn(wow(), faces, [{ tid: 7, teb }], 7601).length, 2)
  t.end()
})

t.test('every kind that is found has a label', t => {
  const kinds = new Set(labels.map(({ kind }) => kind))
  const found = [
    ...blocksIn(pointing(8), [{ peb, width: 8 }]),
    ...blocksIn(wow(), faces, threads),
  ].map(([kind]) => kind)
  t.ok(found.length > 15)
  t.same(
    found.filter(kind => !kinds.has(kind)),
    [],
  )
  t.end()
})
