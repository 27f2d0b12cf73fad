import t from 'tap'
import { Allocations } from '../../../../provider/space/allocations.ts'
import { findHeaps } from '../../../../provider/space/heaps/index.ts'
import { Image } from '../../../fixtures/image.ts'
import {
  entryOf,
  eraOf,
  eras,
  putChain,
  putHeap,
  putLarge,
  putPeb,
  putSegment,
  putSegmentHeap,
  segmentEraOf,
  segmentEras,
  type Era,
} from '../../../fixtures/winheaps.ts'
import { heapsIn, peb } from '../../../rig/winheaps.ts'

const ten = eraOf('Windows 10 x64')

/** An image with a page for its PEB. */
const imageOf = (width: 4 | 8): Image => {
  const image = new Image(width)
  image.map(peb)
  return image
}

/** Committed pages, then as many reserved ones up to 0x10000. */
const partly = [
  [0x4000, 'rw'],
  [0xc000, 'reserve'],
] as const

t.test('every layout of an NT heap: segments, large blocks, LFH', t => {
  for (const era of eras) {
    const image = imageOf(era.width)
    const above = era.width === 8 ? 0x2_0000_0000 : 0
    const heap = image.map(0x500000, partly)
    // not at the start of an allocation: no first bytes tell of these
    const second = image.map(0x600000, partly) + 0x1000
    const third = image.map(0x700000 + above, partly) + 0x1000
    const block = image.map(0x800000 + above, [[0x200000, 'rw']])
    const other = image.map(0x1800000 + above, [[0x100000, 'rw']])
    const front = image.map(0xb00000, partly)
    putHeap(image, era, heap, {
      flags: 2,
      force: 0x40000000,
      segments: [second, third],
      blocks: [block, other],
      front: front + 0x20,
    })
    putPeb(image, peb, [heap])
    const label = '[win heap 0 default grow debug lfh]'
    const large = '[win heap 0 default grow debug lfh large]'
    t.same(
      heapsIn(image, era.build),
      [
        [heap, heap + 0x10000, label],
        [second - 0x1000, second + 0xf000, label],
        [front, front + 0x10000, label],
        [third - 0x1000, third + 0xf000, label],
        [block, block + 0x200000, large],
        [other, other + 0x100000, large],
      ].sort((a, b) => Number(a[0]) - Number(b[0])),
      era.name,
    )
    t.equal(image.strays, 0, era.name)
  }
  t.end()
})

t.test('flags become words, in one order', t => {
  const table: readonly (readonly [number, number, string])[] = [
    [0, 0, 'default'],
    [0x2, 0, 'default grow'],
    [0x1, 0, 'default noserial'],
    [0x40000, 0, 'default exec'],
    [0x40003, 0, 'default exec grow noserial'],
    [0x20, 0, 'default debug'],
    [0, 0x40, 'default debug'],
    [0x20000000, 0, 'default debug'],
    [0, 0x40000060, 'default debug'],
    [0x1000000, 0, 'default debug'],
    [0x41001003, 0, 'default grow noserial debug'],
    [0x8c, 0x10000, 'default'],
  ]
  for (const [flags, force, words] of table) {
    const image = imageOf(8)
    image.map(0x10000)
    putHeap(image, ten, 0x10000, { flags, force })
    putPeb(image, peb, [0x10000], { build: 19045 })
    t.same(heapsIn(image), [[0x10000, 0x11000, `[win heap 0 ${words}]`]])
  }
  t.end()
})

t.test('Cygwin is told its own words only', t => {
  const image = imageOf(8)
  image.map(0x10000)
  image.map(0x20000)
  putHeap(image, ten, 0x10000, { flags: 2, front: 0x20000 })
  putPeb(image, peb, [0x10000])
  t.same(heapsIn(image, 19045, 'cygwin'), [
    [0x10000, 0x11000, '[win heap 0 default grow]'],
    [0x20000, 0x21000, '[win heap 0 default grow]'],
  ])
  t.end()
})

t.test('numbers are places in the array, the default one is the PEB’s', t => {
  const image = imageOf(8)
  for (const heap of [0x10000, 0x20000, 0x30000, 0x40000]) {
    image.map(heap)
    putHeap(image, ten, heap)
  }
  image.map(0x50000)
  putPeb(image, peb, [0x20000, 0x50000, 0x10000, 0x20000, 0x40000], {
    processHeap: 0x30000,
  })
  t.same(heapsIn(image), [
    [0x10000, 0x11000, '[win heap 2]'],
    [0x20000, 0x21000, '[win heap 0]'],
    [0x30000, 0x31000, '[win heap 5 default]'],
    [0x40000, 0x41000, '[win heap 4]'],
  ])
  t.end()
})

t.test('a heap in a section is shared, and ends where the section does', t => {
  // the recorded case: 0x20d pages are told, of which 16 are the heap's
  const image = imageOf(8)
  image.map(0x20000, [[0x10000, 'rw']], { type: 'mapped' })
  image.map(0x30000, [
    [0x1fc000, 'reserve'],
    [0x1000, 'rwg'],
    [0x3000, 'rw'],
  ])
  putHeap(image, ten, 0x20000, { flags: 0x8000, pages: 0x20d })
  putPeb(image, peb, [0x20000], { processHeap: 0x10000 })
  t.same(heapsIn(image), [[0x20000, 0x30000, '[win heap 0 shared]']])
  t.end()
})

t.test('a heap in memory that its maker had is its own pages', t => {
  const table: readonly (readonly [number, number])[] = [
    [4, 0x128040],
    [0, 0x125000],
    [0xffff_ffff, 0x140000],
  ]
  for (const name of ['Windows 10 x64', 'Windows 10 x86'] as const)
    for (const [pages, end] of table) {
      const era = eraOf(name)
      const image = imageOf(era.width)
      image.map(0x100000, [[0x40000, 'rw']])
      putHeap(image, era, 0x124040, { pages, segmentFlags: 1 })
      putPeb(image, peb, [0x124040])
      t.same(heapsIn(image), [[0x124000, end, '[win heap 0 default]']], name)
    }
  t.end()
})

t.test('a signature’s place is stronger than the build that was told', t => {
  for (const era of eras) {
    const image = imageOf(era.width)
    image.map(0x10000)
    image.map(0x20000)
    putHeap(image, era, 0x10000, { front: 0x20000 })
    putPeb(image, peb, [0x10000], { build: 7601 })
    // 8.1's own front end is found by its build alone
    const isFound = era.build !== 9600
    t.equal(heapsIn(image).length, isFound ? 2 : 1, era.name)
    if (era.build !== 7601) continue
    t.equal(heapsIn(image, 26100).length, 2, era.name)
  }
  t.end()
})

const chained = (era: Era): Image => {
  const image = imageOf(era.width)
  const heaps = [0x10000, 0x20000, 0x30000, 0x40000]
  for (const heap of heaps) {
    image.map(heap)
    putHeap(image, era, heap, heap === 0x10000 ? { context: 0x90020 } : {})
  }
  image.map(0x90000)
  putChain(image, [
    [0x90020, 0x10000],
    [0x90060, 0x20000],
    [0x900a0, 0x666],
    [0x900e0, 0x40000],
  ])
  putPeb(image, peb, [0x10000], { build: 26100 })
  return image
}

t.test('the heaps that 24H2 hides from the PEB are on its chain', t => {
  for (const name of ['Windows 11 24H2 x64', 'Windows 11 24H2 x86'] as const) {
    const image = chained(eraOf(name))
    // the third is on no list: what its first bytes are tells it
    t.same(heapsIn(image), [
      [0x10000, 0x11000, '[win heap 0 default]'],
      [0x20000, 0x21000, '[win heap 1]'],
      [0x30000, 0x31000, '[win heap 3]'],
      [0x40000, 0x41000, '[win heap 2]'],
    ])
  }
  t.end()
})

t.test('the chain hangs on a segment heap just as well', t => {
  for (const width of [8, 4] as const) {
    const image = imageOf(width)
    const era = segmentEraOf(width === 8 ? '11 24H2' : '22H2 x86')
    image.map(0x10000)
    image.map(0x20000, [[0x2000, 'rw']])
    putSegmentHeap(image, era, 0x10000, { context: 0x90020 })
    putSegmentHeap(image, era, 0x21000)
    image.map(0x90000)
    putChain(image, [
      [0x90020, 0x10000],
      [0x90060, 0x21000],
    ])
    putPeb(image, peb, [0x10000])
    t.same(heapsIn(image, 26100), [
      [0x10000, 0x11000, '[win heap 0 default segment]'],
      [0x20000, 0x22000, '[win heap 1 segment]'],
    ])
  }
  t.end()
})

t.test('before 24H2 there is no chain to follow', t => {
  for (const build of [19045, 22631]) {
    const image = chained(eraOf('Windows 11 24H2 x64'))
    t.same(
      heapsIn(image, build).map(([start, , label]) => [start, label]),
      [
        [0x10000, '[win heap 0 default]'],
        [0x20000, '[win heap 1]'],
        [0x30000, '[win heap 2]'],
        [0x40000, '[win heap 3]'],
      ],
    )
  }
  t.end()
})

t.test('every layout of a segment heap: header, segments, large blocks', t => {
  for (const era of segmentEras) {
    const image = imageOf(era.width)
    const above = era.width === 8 ? 0x1_0000_0000 : 0
    const heap = image.map(0x500000, partly)
    const segments = [0x1000000, 0x2000000, 0x3000000].map(at =>
      image.map(at, [
        [0x20000, 'rw'],
        [0xe0000, 'reserve'],
      ]),
    )
    const nodes = image.map(0x600000)
    const blocks = [0x8000000, 0x9000000, 0xa000000, 0xb000000].map(at =>
      image.map(at + above, [[0x100000, 'rw']]),
    ) as [number, number, number, number]
    putSegmentHeap(image, era, heap, { flags: 2, segments, root: nodes + 0x40 })
    putLarge(image, nodes + 0x40, {
      block: blocks[0],
      left: nodes + 0x80,
      right: nodes + 0xc0,
      colour: 1,
      unused: 0x123,
    })
    putLarge(image, nodes + 0x80, { block: blocks[1], parent: nodes + 0x40 })
    putLarge(image, nodes + 0xc0, {
      block: blocks[2],
      parent: nodes + 0x40,
      colour: 3,
      right: nodes + 0x100,
    })
    putLarge(image, nodes + 0x100, { block: blocks[3], parent: nodes + 0xc0 })
    putPeb(image, peb, [heap])
    const label = '[win heap 0 default grow segment]'
    const large = '[win heap 0 default grow large segment]'
    t.same(
      heapsIn(image, era.build),
      [
        [heap, heap + 0x10000, label],
        ...segments.map(at => [at, at + 0x100000, label]),
        ...blocks.map(at => [at, at + 0x100000, large]),
      ],
      era.name,
    )
    t.equal(image.strays, 0, era.name)
  }
  t.end()
})

t.test('large blocks of a build that has no segment heap are not sought', t => {
  const image = imageOf(8)
  const era = segmentEraOf('8.1')
  const heap = image.map(0x10000)
  const node = image.map(0x20000)
  const block = image.map(0x30000)
  putSegmentHeap(image, era, heap, { root: node })
  putLarge(image, node, { block })
  putPeb(image, peb, [heap])
  t.equal(heapsIn(image, 9200).length, 1)
  t.equal(heapsIn(image, 9600).length, 2)
  t.end()
})

t.test('both faces of WoW64, numbered through', t => {
  const wide = imageOf(8)
  const peb32 = wide.map(0x7efdd000)
  const narrow = new Image(4)
  const seven = eraOf('Windows 7 x64')
  const seven32 = eraOf('Windows 7 x86')
  for (const heap of [0x500000, 0x10000]) putHeap(wide, seven, heap)
  putPeb(wide, peb, [0x500000, 0x10000], { build: 7601 })
  for (const heap of [0x700000, 0x460000]) putHeap(narrow, seven32, heap)
  putHeap(narrow, seven32, 0x7e0000, { flags: 0x1002 })
  putPeb(narrow, peb32, [0x700000, 0x460000], { build: 7601 })
  for (const heap of [0x500000, 0x10000]) wide.map(heap)
  for (const heap of [0x700000, 0x460000, 0x7e0000, 0x7f0000]) narrow.map(heap)
  narrow.map(peb32)
  const regions = [...wide.regions, ...narrow.regions]
    .filter(
      ({ start }, at, all) => all.findIndex(r => r.start === start) === at,
    )
    .sort((a, b) => a.start - b.start)
  const isNarrow = (at: number): boolean =>
    narrow.regions.some(({ start, end }) => start <= at && at < end)
  const spans = findHeaps({
    allocations: new Allocations(regions),
    read: (at, length) => (isNarrow(at) ? narrow : wide).read(at, length),
    faces: [
      { peb, width: 8 },
      { peb: peb32, width: 4 },
    ],
  })
  t.same(
    spans.map(({ start, id, words }) => [start, id, words]),
    [
      [0x500000, 0, ['default']],
      [0x10000, 1, []],
      [0x700000, 2, ['default']],
      [0x460000, 3, []],
      // found by its first bytes, in the layout of its own width
      [0x7e0000, 4, ['grow']],
    ],
  )
  t.end()
})

t.test('a heap that nothing lists is found by its first bytes', t => {
  for (const width of [8, 4] as const) {
    const image = imageOf(width)
    const era = eraOf(width === 8 ? 'Windows 10 x64' : 'Windows 10 x86')
    const segmented = segmentEraOf(width === 8 ? '22H2' : '22H2 x86')
    image.map(0x10000)
    image.map(0x20000)
    image.map(0x30000)
    image.map(0x40000)
    putHeap(image, era, 0x20000, { segments: [0x10000] })
    putSegmentHeap(image, segmented, 0x40000)
    t.same(heapsIn(image), [
      [0x10000, 0x11000, '[win heap 0]'],
      [0x20000, 0x21000, '[win heap 0]'],
      [0x40000, 0x41000, '[win heap 1 segment]'],
    ])
  }
  t.end()
})

t.test('a segment that fell off its list is found by its owner', t => {
  const image = imageOf(8)
  for (const at of [0x10000, 0x20000, 0x30000]) image.map(at)
  putHeap(image, ten, 0x10000)
  putSegment(image, 0x20000, 0x10000, 16)
  putSegment(image, 0x30000, 0x66660000, 16)
  putPeb(image, peb, [0x10000])
  t.same(heapsIn(image), [
    [0x10000, 0x11000, '[win heap 0 default]'],
    [0x20000, 0x21000, '[win heap 0 default]'],
  ])
  t.end()
})

t.test('first bytes are looked at in private memory that can be read', t => {
  const table: readonly (readonly [string, string, object])[] = [
    ['a section', 'rw', { type: 'mapped' }],
    ['an image', 'rw', { type: 'image' }],
    ['a guard page', 'rwg', {}],
    ['no access', '', {}],
    ['execute only', 'x', {}],
    ['reserved', 'reserve', {}],
  ]
  for (const [name, what, facts] of table) {
    const image = imageOf(8)
    image.map(0x10000, [[0x1000, what]], facts)
    putHeap(image, ten, 0x10000)
    t.same(heapsIn(image), [], name)
    t.equal(image.strays, 0, name)
  }
  t.end()
})

t.test('a process without a PEB has what its memory shows', t => {
  const image = new Image(8)
  image.map(0x10000)
  t.same(heapsIn(image), [])
  putHeap(image, ten, 0x10000)
  t.same(heapsIn(image), [[0x10000, 0x11000, '[win heap 0]']])
  t.end()
})

t.test('what has only some of the signs is no heap', t => {
  const image = imageOf(8)
  for (const at of [0x10000, 0x20000, 0x30000, 0x40000, 0x50000]) image.map(at)
  putHeap(image, ten, 0x10000)
  image.u32(0x10000 + 0x98, 0xeeffeefe)
  putHeap(image, ten, 0x20000)
  image.u32(0x20000 + 0x10, 0)
  putHeap(image, ten, 0x30000)
  image.pointer(0x30000 + 0x28, 0x40000)
  image.u32(0x50000 + 0x10, 0xddeeddee)
  image.map(0x60000, [[0x1000, 'rw']])
  // a header that is cut by the end of its memory
  putHeap(image, ten, 0x60ff0)
  putPeb(image, peb, [0x10000, 0x20000, 0x30000, 0x50000, 0x60ff0, 0x10001, 0])
  t.same(heapsIn(image), [])
  t.equal(entryOf(image, 0x10000), 0x10018)
  t.end()
})

/** An image of which these allocations were not recorded. */
const without = (image: Image, ...lost: readonly number[]): Image => {
  const { read } = image
  image.read = (address, length) =>
    lost.some(at => at <= address && address < at + 0x10000)
      ? new Uint8Array()
      : read(address, length)
  return image
}

t.test('a heap that is listed and was not recorded is one all the same', t => {
  for (const [width, name] of [
    [8, 'Windows 10 x64'],
    [4, 'Windows 10 x86'],
  ] as const) {
    const image = imageOf(width)
    for (const heap of [0x10000, 0x20000]) {
      image.map(heap, partly)
      putHeap(image, eraOf(name), heap, { flags: 2 })
    }
    putPeb(image, peb, [0x10000, 0x20000])
    t.same(heapsIn(without(image, 0x10000)), [
      [0x10000, 0x20000, '[win heap 0 default]'],
      [0x20000, 0x30000, '[win heap 1 grow]'],
    ])
  }
  t.end()
})

t.test('what was not recorded is no heap but for what lists it', t => {
  const table: readonly (readonly [string, number, string, object, number])[] =
    [
      ['it is one', 0x10000, 'rw', {}, 1],
      ['a section is none', 0x10000, 'rw', { type: 'mapped' }, 0],
      ['an image is none', 0x10000, 'rw', { type: 'image' }, 0],
      ['in the midst of an allocation', 0x11000, 'rw', {}, 0],
      ['that begins with a reserve', 0x10000, 'reserve', {}, 0],
      ['that begins with a guard', 0x10000, 'rwg', {}, 0],
      ['nowhere', 0x30000, 'rw', {}, 0],
    ]
  for (const [name, heap, what, facts, count] of table) {
    const image = imageOf(8)
    image.map(
      0x10000,
      [
        [0x1000, what],
        [0x1000, 'rw'],
      ],
      facts,
    )
    putPeb(image, peb, [heap])
    t.equal(heapsIn(without(image, 0x10000)).length, count, name)
    putPeb(image, peb, [])
    image.pointer(peb + 0x30, 0)
    t.equal(heapsIn(image).length, 0, name)
    t.equal(image.strays, 0, name)
  }
  t.end()
})

t.test('a face whose PEB is not known has what its memory shows', t => {
  const image = new Image(8)
  image.map(0, [[0x1000, 'rw']])
  image.map(0x10000)
  image.map(0x20000, [[0x2000, 'rw']])
  putHeap(image, ten, 0x10000)
  putHeap(image, ten, 0x21000)
  putPeb(image, 0, [0x21000])
  const faces = [{ peb: 0, width: 8 }] as const
  t.same(heapsIn(image, undefined, 'linux', faces), [
    [0x10000, 0x11000, '[win heap 0]'],
  ])
  t.end()
})
