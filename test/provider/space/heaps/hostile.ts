import t from 'tap'
import { heapBound } from '../../../../provider/space/heaps/found.ts'
import { readBound } from '../../../../provider/space/target.ts'
import { Image } from '../../../fixtures/image.ts'
import {
  eraOf,
  putChain,
  putHeap,
  putLarge,
  putPeb,
  putSegmentHeap,
  segmentEraOf,
} from '../../../fixtures/winheaps.ts'
import { heapsIn, peb } from '../../../rig/winheaps.ts'
import { randomOf } from '../../../rig/random.ts'

const era = eraOf('Windows 11 24H2 x64')
const segmented = segmentEraOf('11 24H2')

const starts = (image: Image): number[] =>
  heapsIn(image, 26100).map(([start]) => start)

/** One heap with two more segments and three blocks; all lists whole. */
const whole = (): Image => {
  const image = new Image(8)
  image.map(peb)
  for (const at of [0x10000, 0x20000, 0x30000]) image.map(at)
  for (const at of [0x110000, 0x120000, 0x130000]) image.map(at)
  putHeap(image, era, 0x10000, {
    segments: [0x20000, 0x30000],
    blocks: [0x110000, 0x120000, 0x130000],
  })
  putPeb(image, peb, [0x10000])
  return image
}

const all = [0x10000, 0x20000, 0x30000, 0x110000, 0x120000, 0x130000]

t.test('what is torn costs labels of its own, not of others', t => {
  const without = (...lost: number[]): number[] =>
    all.filter(at => !lost.includes(at))
  const table: readonly (readonly [
    string,
    (image: Image) => void,
    number[],
  ])[] = [
    ['nothing', () => undefined, all],
    ['a block’s Blink lies', i => i.pointer(0x120008, 0x10000), all],
    ['a block’s Flink lies', i => i.pointer(0x120000, 0x110000), all],
    ['a block is torn', i => i.put(0x120000, 16, 0), without(0x120000)],
    // its own list is whole; what it says of itself is not
    ['a segment’s owner lies', i => i.pointer(0x20028, 0), without(0x20000)],
    ['a segment’s signature is gone', i => i.u32(0x20010, 0), without(0x20000)],
    // the signature finds both
    ['the segments’ list is gone', i => i.put(0x10120, 16, 0), all],
    [
      'the blocks’ list is gone',
      i => i.put(0x10110, 16, 0),
      without(0x110000, 0x120000, 0x130000),
    ],
    ['an entry in a list of its own', i => i.ring(0x20018), all],
    ['the array is elsewhere', i => i.pointer(peb + 0xf0, 0x6660000), all],
    ['there are no heaps', i => i.u32(peb + 0xe8, 0), all],
    ['4,294,967,295 heaps', i => i.u32(peb + 0xe8, 0xffff_ffff), all],
    ['there is room for none', i => i.u32(peb + 0xec, 0), all],
    ['the heap says it is elsewhere', i => i.pointer(0x10028, 0x20000), []],
  ]
  for (const [name, tear, expected] of table) {
    const image = whole()
    tear(image)
    t.same(starts(image), expected, name)
    t.ok(image.reads < 100, `${name}: ${image.reads} reads`)
    t.ok(image.longest <= 8 * heapBound, `${name}: ${image.longest} bytes`)
    t.equal(image.strays, 0, name)
  }
  t.end()
})

t.test('a block in memory of another kind labels nothing', t => {
  const image = new Image(8)
  image.map(peb)
  image.map(0x10000)
  image.map(0x20000, [[0x1000, 'rw']], { type: 'image' })
  image.map(0x30000, [[0x1000, 'rw']], { type: 'mapped' })
  putHeap(image, era, 0x10000, { blocks: [0x20000, 0x30000], front: 0x20000 })
  putPeb(image, peb, [0x10000])
  t.same(starts(image), [0x10000])
  t.end()
})

t.test('two heaps claim one allocation: it is the first one’s', t => {
  const image = whole()
  image.map(0x40000)
  putHeap(image, era, 0x40000, { front: 0x120000 })
  putPeb(image, peb, [0x10000, 0x40000])
  t.same(heapsIn(image, 26100).at(-2), [
    0x120000,
    0x121000,
    '[win heap 0 default large]',
  ])
  t.end()
})

t.test('a tree that is none', t => {
  const node = 0x20000
  const table: readonly (readonly [string, (image: Image) => void, number])[] =
    [
      ['whole', () => undefined, 3],
      ['the root has a parent', i => i.pointer(node + 0x10, 0x20080), 0],
      ['a child has another parent', i => i.pointer(node + 0x50, 0x20080), 2],
      ['a child is the root', i => i.pointer(node, node), 2],
      ['a child is both', i => i.pointer(node, 0x20080), 2],
      ['a child is not aligned', i => i.pointer(node, 0x20041), 2],
      ['a child is elsewhere', i => i.pointer(node, 0x6660000), 2],
      ['a grandchild is the root', i => i.pointer(node + 0x40, node), 3],
      ['a block is elsewhere', i => i.pointer(node + 0x58, 0x6660000), 2],
      ['the root is elsewhere', i => i.pointer(0x10048, 0x6660000), 0],
    ]
  for (const [name, tear, expected] of table) {
    const image = new Image(8)
    for (const at of [peb, 0x10000, node]) image.map(at)
    for (const at of [0x110000, 0x120000, 0x130000]) image.map(at)
    putSegmentHeap(image, segmented, 0x10000, { root: node })
    putLarge(image, node, { block: 0x110000, left: 0x20040, right: 0x20080 })
    putLarge(image, 0x20040, { block: 0x120000, parent: node })
    putLarge(image, 0x20080, { block: 0x130000, parent: node })
    putPeb(image, peb, [0x10000])
    tear(image)
    t.equal(starts(image).length, 1 + expected, name)
    t.ok(image.reads < 300, `${name}: ${image.reads} reads`)
  }
  t.end()
})

t.test('what looks like a segment and does not point back is none', t => {
  const image = new Image(8)
  for (const at of [peb, 0x10000, 0x100000, 0x200000]) image.map(at)
  image.map(0x300000, [[0x1000, 'rw']], { type: 'mapped' })
  putSegmentHeap(image, segmented, 0x10000, { segments: [0x100000] })
  putPeb(image, peb, [0x10000])
  image.pointer(0x10300, 0x200000)
  image.pointer(0x10310, 0x300000)
  image.pointer(0x300008, 0x10310)
  // half a head: it says that it is empty, and that it is not
  image.pointer(0x10320, 0x10320)
  t.same(starts(image), [0x10000, 0x100000])
  // an entry behind the first that no segment can be
  image.ring(0x10188, 0x100000, 0x200100)
  t.same(starts(image), [0x10000, 0x100000])
  t.end()
})

t.test('a signature alone makes no segment heap', t => {
  const image = new Image(8)
  for (const at of [peb, 0x10000]) image.map(at)
  image.u32(0x10010, 0xddeeddee)
  putPeb(image, peb, [0x10000])
  t.same(starts(image), [])
  // nor one with a pointer to where a segment might be, which knows nothing
  image.map(0x200000)
  image.pointer(0x10148, 0x200000)
  t.same(starts(image), [])
  t.end()
})

t.test('memory of which only the first bytes are there has no heaps', t => {
  const image = whole()
  const { read } = image
  for (const there of [0, 0x10, 0x20, 0x60, 0x80, 0xa0]) {
    image.read = (address, length) => read(address, Math.min(length, there))
    t.same(starts(image), [], `${there}`)
  }
  t.end()
})

t.test('a chain of descriptors that is none', t => {
  const table: readonly (readonly [string, (image: Image) => void, number])[] =
    [
      ['whole', () => undefined, 3],
      ['to nowhere', i => i.pointer(0x10188, 0x6660000), 1],
      ['to null', i => i.pointer(0x10188, 0), 1],
      ['not aligned', i => i.pointer(0x10188, 0x90001), 1],
      ['it is one’s own', i => i.ring(0x90000), 1],
      ['it ends, both ways', i => i.put(0x90020, 16, 0), 2],
    ]
  for (const [name, tear, expected] of table) {
    const image = new Image(8)
    // in one allocation: no first bytes tell the others
    image.map(0x10000, [[0x10000, 'rw']])
    for (const at of [peb, 0x90000]) image.map(at)
    const flags = { segmentFlags: 1, pages: 1 }
    putHeap(image, era, 0x10000, { ...flags, context: 0x90000 })
    putHeap(image, era, 0x12000, flags)
    putHeap(image, era, 0x14000, flags)
    putChain(image, [
      [0x90000, 0x10000],
      [0x90020, 0x12000],
      [0x90040, 0x14000],
    ])
    putPeb(image, peb, [0x10000])
    tear(image)
    t.equal(starts(image).length, expected, name)
    t.ok(image.reads < 100, `${name}: ${image.reads} reads`)
  }
  t.end()
})

t.test('heaps are taken up to the bound', t => {
  const image = new Image(8)
  const count = heapBound + 8
  for (const at of [peb]) image.map(at)
  image.map(0x1000000, [[count * 0x1000, 'rw']])
  for (let index = 0; index < count; index++)
    putHeap(image, era, 0x1000000 + index * 0x1000, {
      segmentFlags: 1,
      pages: 1,
    })
  image.map(0x8000000, [[0x10000, 'rw']])
  for (let index = 0; index < count; index++)
    image.pointer(0x8000000 + index * 8, 0x1000000 + index * 0x1000)
  putPeb(image, peb, [])
  image.u32(peb + 0xe8, count)
  image.pointer(peb + 0xf0, 0x8000000)
  image.pointer(peb + 0x30, 0x1000000 + (count - 1) * 0x1000)
  t.equal(starts(image).length, heapBound)
  t.ok(image.reads < 16 * heapBound, `${image.reads} reads`)
  t.end()
})

/** A process with a bit of everything, and a word of it changed at random. */
const anything = (random: (bound: number) => number): Image => {
  const image = whole()
  for (const at of [0x40000, 0x90000, 0x210000, 0x220000]) image.map(at)
  putSegmentHeap(image, segmented, 0x40000, {
    segments: [0x210000, 0x220000],
    root: 0x90100,
  })
  putLarge(image, 0x90100, { block: 0x110000, left: 0x90140 })
  putLarge(image, 0x90140, { block: 0x120000, parent: 0x90100 })
  image.pointer(0x10188, 0x90000)
  putChain(image, [
    [0x90000, 0x10000],
    [0x90020, 0x40000],
  ])
  const pages = image.regions.map(({ start }) => start)
  for (let tears = 1 + random(12); tears > 0; tears--) {
    const at = (pages[random(pages.length)] as number) + 8 * random(0x60)
    const to = (pages[random(pages.length)] as number) + 8 * random(0x60)
    image.put(at, 8, [to, to, 0, random(2 ** 32) * random(2 ** 31)][random(4)]!)
  }
  return image
}

t.test('any memory: no error, few reads, spans that are allocations’', t => {
  const random = randomOf(26100)
  let wrong = 0
  let reads = 0
  let spans = 0
  for (let round = 0; round < 1500; round++) {
    const image = anything(random)
    const found = heapsIn(image, 26100)
    const isIn = (start: number, end: number): boolean =>
      image.regions.some(
        region => region.start <= start && start < end && end <= region.end,
      )
    if (!found.every(([start, end]) => isIn(start, end))) wrong++
    if (image.strays > 0) wrong++
    reads = Math.max(reads, image.reads)
    spans += found.length
  }
  t.equal(wrong, 0)
  t.ok(reads < 1000, `${reads} reads at most`)
  t.ok(spans > 6000, `${spans} spans`)
  t.end()
})

t.test('memory that agrees to everything is read up to the bound', t => {
  // every address holds the PEB, a heap and links to what comes after it
  let reads = 0
  let previous = 0
  const image = new Image(8)
  image.map(0x10000, [[2 ** 40, 'rw']])
  image.read = (address, length) => {
    reads++
    const view = new DataView(new ArrayBuffer(length))
    for (let at = 0; at + 8 <= length; at += 16) {
      view.setBigUint64(at, BigInt(address + 0x10000), true)
      if (at + 16 <= length) view.setBigUint64(at + 8, BigInt(previous), true)
    }
    if (length > 0x98 + 4) view.setUint32(0x98, 0xeeffeeff, true)
    if (length > 0xe8 + 4) view.setUint32(0xe8, 1000, true)
    if (length >= 0x70) {
      view.setUint32(0x10, 0xffeeffee, true)
      view.setBigUint64(0x28, BigInt(address), true)
    }
    previous = address
    return new Uint8Array(view.buffer)
  }
  heapsIn(image, 26100, 'linux', [{ peb: 0x10000, width: 8 }])
  t.ok(reads > 1000, `${reads} reads`)
  t.ok(reads <= readBound, `${reads} reads`)
  t.end()
})
