import t from 'tap'
import { Allocations } from '../../../provider/space/allocations.ts'
import { findBlocks, type Thread } from '../../../provider/space/blocks.ts'
import { labels } from '../../../provider/space/labels.ts'
import type { Face, Target } from '../../../provider/space/target.ts'
import { Image } from '../../fixtures/image.ts'

type Told = readonly [kind: string, start: number, end: number, id?: number]

const blocksIn = (
  image: Image,
  faces: readonly Face[],
  threads: readonly Thread[] = [],
  build = 26100,
  more: Partial<Target> = {},
): Told[] => {
  const { read } = image
  const allocations = new Allocations(image.regions)
  const target = { allocations, read, faces, build, ...more }
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
    [2600, 'peb'],
    [7599, 'peb'],
    [7600, 'wer registration data'],
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

t.test('what the hypervisor shares is where the system says', t => {
  const image = new Image(8)
  const at = image.map(0x7ffe6000, [[0x1000, 'r']])
  const told = (hypervisorSharedData?: number): Told[] =>
    blocksIn(image, [], [], 26100, { hypervisorSharedData })
  t.same(told(at), [['hypervisor shared data', at, at + 0x1000]])
  t.same(told(0), [])
  t.same(told(undefined), [])
  t.end()
})

t.test('a face whose PEB is not known has none', t => {
  const image = new Image(8)
  image.map(0, [[0x1000, 'rw']])
  image.map(0x100000)
  image.pointer(0x20, 0x100000)
  t.same(blocksIn(image, [{ peb: 0, width: 8 }]), [])
  t.end()
})

t.test('what two point to is named by the first', t => {
  const image = new Image(8)
  const [parameters, map] = [0x20, 0x68]
  image.map(peb)
  image.map(0x100000, [[0x4000, 'r']], { type: 'mapped' })
  image.pointer(peb + map, 0x101000)
  image.pointer(peb + parameters, 0x102000)
  const found = blocksIn(image, [{ peb, width: 8 }])
  t.same(found.slice(1), [['process parameters', 0x100000, 0x104000]])
  t.end()
})

t.test('the heap of the desktop that a thread is on', t => {
  const table: readonly (readonly [4 | 8, number])[] = [
    [8, 0x820],
    [4, 0x6e4],
  ]
  for (const [width, offset] of table) {
    const image = new Image(width)
    image.map(0x7ef00000, [[0x10000, 'rw']])
    const heap = image.map(0x100000, [[0x8000, 'r']], { type: 'mapped' })
    const other = image.map(0x200000, [[0x8000, 'r']], { type: 'mapped' })
    image.map(0x300000, [[0x8000, 'r']])
    const tebs = [0, 1, 2, 3, 4].map(index => 0x7ef00000 + index * 0x2000)
    // two on one desktop, one on another, one astray, one without
    const infos = [heap + 0x1230, heap + 0x1230, other + 0x10, 0x300010, 0]
    for (const [index, teb] of tebs.entries())
      image.pointer(teb + offset, infos[index] as number)
    const threads = tebs.map((teb, tid) => ({ tid, teb }))
    const found = blocksIn(image, [{ peb: 0, width }], threads)
    t.same(
      found.filter(([kind]) => kind !== 'teb'),
      [
        ['desktop heap', heap, heap + 0x8000],
        ['desktop heap', other, other + 0x8000],
      ],
    )
  }
  t.end()
})

t.test('bitmaps of Control Flow Guard, by each version of the block', t => {
  const table: readonly (readonly [number, number, number])[] = [
    // Size, CfgBitMap, Wow64CfgBitMap
    [0x60, 0, 0],
    [0x68, 0x60, 0],
    [0x70, 0x60, 0],
    [0x78, 0x60, 0x70],
    [0x80, 0x60, 0x70],
    [0xd0, 0xb0, 0xc0],
    [0xe0, 0xb0, 0xc0],
    [0xf0, 0xb8, 0xc8],
    [0x128, 0xb8, 0xc8],
    [0xffff_ffff, 0xb8, 0xc8],
    [0, 0, 0],
  ]
  for (const [size, at, at32] of table) {
    const image = new Image(8)
    const block = image.map(0x7ff0_0000_0000) + 0x100
    const maps = [0x10_0000_0000, 0x20_0000_0000].map(base =>
      image.map(
        base,
        [
          [0x1000, 'reserve'],
          [0x1000, 'r'],
          [0x1000, 'reserve'],
        ],
        { type: 'mapped' },
      ),
    ) as [number, number]
    image.u32(block, size)
    if (at !== 0) image.pointer(block + at, maps[0])
    if (at32 !== 0) image.pointer(block + at32, maps[1])
    const found = blocksIn(image, [{ peb: 0, width: 8 }], [], 26100, {
      systemDllInitBlock: block,
    })
    t.same(
      found,
      [
        ['cfg bitmap', maps[0], maps[0] + 0x3000],
        ['cfg bitmap32', maps[1], maps[1] + 0x3000],
      ].filter((_, index) => [at, at32][index] !== 0),
      `${size}`,
    )
    t.equal(image.strays, 0)
  }
  const bare = new Image(8)
  t.same(
    blocksIn(bare, [{ peb: 0, width: 8 }], [], 26100, {
      systemDllInitBlock: 0x7ff0_0000_0000,
    }),
    [],
  )
  t.end()
})

t.test('activation contexts by their first bytes', t => {
  const table: readonly (readonly [string, string, object, boolean])[] = [
    ['a section', 'r', { type: 'mapped' }, true],
    ['of no name', 'r', { type: 'mapped', name: '' }, true],
    ['a file', 'r', { type: 'mapped', name: 'C:\\a.manifest' }, false],
    ['writable', 'rw', { type: 'mapped' }, false],
    ['executable', 'rx', { type: 'mapped' }, false],
    ['reserved', 'reserve', { type: 'mapped' }, false],
    ['private', 'r', {}, false],
    ['an image', 'r', { type: 'image' }, false],
  ]
  for (const [name, what, facts, isFound] of table) {
    const image = new Image(8)
    const at = image.map(
      0x100000,
      [
        [0x1000, what],
        [0x2000, 'r'],
      ],
      facts,
    )
    image.u32(at, 0x78746341)
    const found = blocksIn(image, [{ peb: 0, width: 8 }])
    t.same(
      found,
      isFound ? [['activation context', at, at + 0x3000]] : [],
      name,
    )
    image.u32(at, 0x78746342)
    t.same(blocksIn(image, [{ peb: 0, width: 8 }]), [], name)
    t.equal(image.strays, 0, name)
  }
  t.end()
})

t.test('a context that the PEB points to is no other’s', t => {
  const image = new Image(8)
  image.map(peb)
  const at = image.map(0x100000, [[0x1000, 'r']], { type: 'mapped' })
  image.u32(at, 0x78746341)
  image.pointer(peb + 0x308, at)
  t.same(blocksIn(image, [{ peb, width: 8 }]).slice(1), [
    ['system activation context', at, at + 0x1000],
  ])
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
