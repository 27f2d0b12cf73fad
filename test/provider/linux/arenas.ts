import t from 'tap'
import { Access, type Region, type Span } from '../../../provider/contract.ts'
import { findArenas, MaxLooks } from '../../../provider/linux/arenas.ts'
import { ArenaAt, HeapInfo, HeapMax } from '../../../provider/linux/glibc.ts'
import { randomOf } from '../../rig/random.ts'

const page = 4096

interface Info {
  readonly arena: number
  readonly prev?: number
  readonly size?: number
  readonly writable?: number
  readonly pagesize?: number
}

/** A heap_info's bytes. */
const info = ({
  arena,
  prev = 0,
  size = 33 * page,
  writable = size,
  pagesize = page,
}: Info): Uint8Array => {
  const bytes = new Uint8Array(HeapInfo.size)
  const view = HeapInfo.view(new DataView(bytes.buffer))
  view.ar_ptr = arena
  view.prev = prev
  view.size = size
  view.mprotect_size = writable
  view.pagesize = pagesize
  return bytes
}

const region = (start: number, more: Partial<Region> = {}): Region => ({
  start,
  end: start + 33 * page,
  base: start,
  state: 'commit',
  type: 'private',
  access: Access.read | Access.write,
  offset: 0,
  ...more,
})

const at = (heap: number): number => heap * HeapMax
const modern = (heap: number): number => at(heap) + ArenaAt.since235
const older = (heap: number): number => at(heap) + ArenaAt.before235

type Memory = ReadonlyMap<number, Uint8Array>

const found = (memory: Memory, regions?: readonly Region[]): Span[] =>
  findArenas(
    regions ?? [...memory.keys()].sort((a, b) => a - b).map(at => region(at)),
    (address, length) =>
      memory.get(address)?.subarray(0, length) ?? new Uint8Array(0),
  )

const memoryOf = (heaps: readonly (readonly [number, Info])[]): Memory =>
  new Map(heaps.map(([heap, facts]) => [at(heap), info(facts)]))

const brief = (spans: readonly Span[]): number[][] =>
  spans.map(({ start, id = 0 }) => [start / HeapMax, id])

t.test('a first heap is one span of 64 MiB', async t => {
  for (const arena of [modern(5), older(5)])
    t.strictSame(found(memoryOf([[5, { arena }]])), [
      { start: at(5), end: at(6), kind: 'arena', id: 1 },
    ])
})

t.test('arenas count from 1 by their first heaps’ addresses', async t => {
  const heaps: readonly (readonly [number, Info])[] = [
    [2, { arena: modern(9), prev: at(4) }],
    [3, { arena: modern(3) }],
    [4, { arena: modern(9), prev: at(9) }],
    [6, { arena: modern(6) }],
    [9, { arena: modern(9) }],
  ]
  t.strictSame(brief(found(memoryOf(heaps))), [
    [3, 1],
    [6, 2],
    [9, 3],
    [4, 3],
    [2, 3],
  ])
})

const refused: readonly (readonly [string, Info])[] = [
  ['an arena elsewhere in the heap', { arena: at(5) + 0x40 }],
  ['an arena at the heap itself', { arena: at(5) }],
  ['an arena in a heap that is none', { arena: modern(6) }],
  ['no arena', { arena: 0 }],
  ['an arena past 2^53', { arena: 2 ** 60 + ArenaAt.since235 }],
  ['a heap before the first', { arena: modern(5), prev: at(4) }],
  ['itself before it', { arena: modern(5), prev: at(5) }],
  ['a heap before it that is not aligned', { arena: modern(5), prev: 16 }],
  ['no size', { arena: modern(5), size: 0 }],
  ['a size that is no pages', { arena: modern(5), size: page + 16 }],
  ['a size beyond 64 MiB', { arena: modern(5), size: HeapMax + page }],
  ['less writable than in use', { arena: modern(5), writable: page }],
  [
    'writable bytes that are no pages',
    { arena: modern(5), writable: 33 * page + 8 },
  ],
  ['more than 64 MiB writable', { arena: modern(5), writable: HeapMax * 2 }],
  ['no page size', { arena: modern(5), pagesize: 0 }],
  [
    'a page size that is no power of two',
    { arena: modern(5), pagesize: 12288 },
  ],
  [
    'a page size that its size is no multiple of',
    { arena: modern(5), pagesize: 65536 },
  ],
  ['a page size below 4096', { arena: modern(5), pagesize: 1024 }],
]
for (const [what, facts] of refused)
  t.test(`a header with ${what} is no heap`, async t => {
    t.strictSame(found(memoryOf([[5, facts]])), [])
    t.strictSame(
      brief(
        found(
          memoryOf([
            [5, facts],
            [8, { arena: modern(8) }],
          ]),
        ),
      ),
      [[8, 1]],
      'and takes nothing from another',
    )
  })

t.test('a page size of 2 MiB counts where the sizes are multiples', async t => {
  const large = 2 ** 21
  const facts = { arena: modern(5), size: large, pagesize: large }
  t.strictSame(brief(found(memoryOf([[5, facts]]))), [[5, 1]])
})

t.test('what stands behind an older arena is no page size', async t => {
  t.strictSame(
    brief(found(memoryOf([[5, { arena: older(5), pagesize: 1 }]]))),
    [[5, 1]],
  )
})

t.test('a chain ends at a heap of another arena', async t => {
  const heaps: readonly (readonly [number, Info])[] = [
    [5, { arena: modern(5) }],
    [6, { arena: modern(8), prev: at(5) }],
    [8, { arena: modern(8) }],
    [9, { arena: modern(5), prev: at(6) }],
  ]
  t.strictSame(brief(found(memoryOf(heaps))), [
    [5, 1],
    [8, 2],
  ])
})

t.test('two heaps after one lose a label and nothing else', async t => {
  const heaps: readonly (readonly [number, Info])[] = [
    [5, { arena: modern(5) }],
    [6, { arena: modern(5), prev: at(5) }],
    [7, { arena: modern(5), prev: at(5) }],
  ]
  t.strictSame(brief(found(memoryOf(heaps))), [
    [5, 1],
    [7, 1],
  ])
})

t.test('a cycle beside the first heap is never entered', async t => {
  const heaps: readonly (readonly [number, Info])[] = [
    [5, { arena: modern(5) }],
    [6, { arena: modern(5), prev: at(7) }],
    [7, { arena: modern(5), prev: at(6) }],
  ]
  t.strictSame(brief(found(memoryOf(heaps))), [[5, 1]])
})

t.test('only private anonymous writable memory is looked at', async t => {
  const memory = memoryOf([[5, { arena: modern(5) }]])
  const none: readonly Partial<Region>[] = [
    { type: 'mapped' },
    { access: Access.read },
    { access: 0 },
    { inode: 7, major: 1, minor: 2, name: '/x' },
    { name: '[heap]' },
  ]
  for (const more of none)
    t.strictSame(found(memory, [region(at(5), more)]), [])
  t.strictSame(
    brief(
      found(memory, [region(at(5), { name: '[anon: glibc: malloc arena]' })]),
    ),
    [[5, 1]],
  )
})

t.test(
  'a heap is found within a region that the kernel has joined',
  async t => {
    const memory = memoryOf([
      [5, { arena: modern(5), size: HeapMax }],
      [6, { arena: modern(6) }],
    ])
    const joined = region(at(5) - page, { end: at(6) + 33 * page })
    t.strictSame(brief(found(memory, [joined])), [
      [5, 1],
      [6, 2],
    ])
    t.strictSame(found(memory, [region(at(5) + page, { end: at(6) })]), [])
  },
)

t.test('a short read is no heap', async t => {
  const memory = new Map([[at(5), info({ arena: modern(5) }).subarray(0, 39)]])
  t.strictSame(found(memory), [])
})

t.test('no more addresses are read than the bound', async t => {
  let reads = 0
  const huge = region(at(1), { end: at(10 * MaxLooks) })
  findArenas([huge, region(at(10 * MaxLooks))], () => {
    reads++
    return new Uint8Array(0)
  })
  t.equal(reads, MaxLooks)
})

t.test('hostile headers give spans that agree, or none', async t => {
  const random = randomOf(5)
  let spans = 0
  for (let round = 0; round < 20_000; round++) {
    const pick = (): number => 1 + random(6)
    const heaps = Array.from({ length: 6 }, (_, index): [number, Info] => [
      index + 1,
      {
        arena: random(8) ? modern(pick()) : older(pick()),
        prev: random(3) ? 0 : at(pick()),
        size: (1 + random(4)) * (random(9) ? page : 8),
      },
    ])
    const memory = memoryOf(heaps)
    for (const bytes of memory.values())
      if (random(9) === 0) bytes[random(bytes.length)] = random(256)
    const got = found(memory)
    spans += got.length
    const starts = new Set(got.map(({ start }) => start))
    if (starts.size !== got.length) t.fail('a heap was told twice')
  }
  t.ok(spans > 1000)
})
