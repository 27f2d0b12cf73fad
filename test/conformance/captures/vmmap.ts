/** A recorded export of VMMap beside our regions. */
import t from 'tap'
import { dialects } from '../../../fs/document/dialects.ts'
import type { Dialect } from '../../../provider/space/labels.ts'
import { space } from '../../../provider/space/space.ts'
import { Image } from '../../fixtures/image.ts'
import { eraOf, putHeap, putPeb } from '../../fixtures/winheaps.ts'
import { factsOf } from '../../rig/captures/found.ts'
import { capturedLines, ofCaptures } from '../../rig/captures/texts.ts'
import { blocksOf, type Block } from '../../rig/captures/vmmap.ts'
import { processOf } from '../../rig/document.ts'

const letters: Readonly<Record<string, string>> = {
  Read: 'r',
  'Read/Write': 'rw',
  'Read/Write/Guard': 'rwg',
  'No access': '',
  Reserved: 'reserve',
}

const within = (blocks: readonly Block[], { start, end }: Block): Block[] =>
  blocks.filter(
    block => !block.isAllocation && start <= block.start && block.end <= end,
  )

/** Only of memory that a section is in. */
const isView = ({ type }: Block): boolean => type === 'Shareable'

const peb = 0x7efd0000
const teb = 0x7efe0000
const ten = eraOf('Windows 10 x64')

/** Its heap has two segments; the first is where VMMap counts it from. */
const factsOfBlocks = (blocks: readonly Block[]) => {
  const image = new Image(8)
  const allocations = blocks.filter(({ isAllocation }) => isAllocation)
  for (const allocation of allocations)
    image.map(
      allocation.start,
      within(blocks, allocation).map(({ start, end, protection }) => [
        end - start,
        letters[protection] as string,
      ]),
      isView(allocation) ? { type: 'mapped' } : {},
    )
  image.map(peb)
  image.map(teb, [[0x2000, 'rw']])
  const startsOf = (type: string): number[] =>
    allocations.filter(block => block.type === type).map(({ start }) => start)
  const [heap = 0, segment = 0] = startsOf('Heap (Private Data)')
  putHeap(image, ten, heap, { flags: 2, segments: [segment], front: segment })
  putPeb(image, peb, [0x660000, heap])
  const stack = blocks.filter(({ type }) => type === 'Thread Stack')
  image.pointer(teb + 8, stack.at(-1)?.end ?? 0)
  image.pointer(teb + 16, stack.at(-1)?.start ?? 0)
  const threads = [{ tid: 2508, teb }]
  return factsOf(image, { peb, build: ten.build, threads })
}

const nameOf = ({ type, details }: Block): string => {
  const [, id] = /^(?:Heap|Thread) ID: (\d+)/.exec(details) ?? []
  return type === 'Thread Stack'
    ? `[stack:${id}]`
    : id === undefined
      ? ''
      : `[win heap ${id} grow lfh]`
}

const ours = (blocks: readonly Block[], dialect: Dialect) =>
  [
    ...space(
      processOf(factsOfBlocks(blocks)),
      dialect,
      dialects[dialect].characters,
    ),
  ].filter(({ start }) => start < peb)

type Told = readonly [start: number, end: number, name: string]

t.test('blocks of heaps and a stack are our regions', ofCaptures, t => {
  const blocks = blocksOf(capturedLines('vmmap-export-csv-snippet.csv'))
  t.equal(blocks.length, 20)
  // which thread's, or which heap's, its allocation tells
  const theirs = blocks
    .filter(({ isAllocation }) => isAllocation)
    .flatMap(allocation =>
      within(blocks, allocation).map(({ start, end }): Told => [
        start,
        end,
        nameOf(allocation),
      ]),
    )
  t.equal(theirs.length, 16)
  t.same(
    ours(blocks, 'cygwin').map(({ start, end }) => [start, end]),
    theirs.map(([start, end]) => [start, end]),
  )
  // what is reserved of a stack and its guard print alike on Linux
  const joined: Told = [0x149b0000, 0x14a70000, '[stack:2508]']
  const [start, end] = joined
  const pieces = theirs.filter(piece => start <= piece[0] && piece[1] <= end)
  t.equal(pieces.length, 2)
  t.same(
    ours(blocks, 'linux').map(({ start, end, name = '' }) => [
      start,
      end,
      name,
    ]),
    [...theirs.filter(piece => !pieces.includes(piece)), joined].sort(
      (a, b) => a[0] - b[0],
    ),
  )
  t.end()
})
