/**
 * The recorded debate of 2011 about what a heap's block covers: the debugging
 * API tells of one that runs over the stack behind it.
 */
import t from 'tap'
import type { Span } from '../../../provider/contract.ts'
import type { ProcessFacts } from '../../fixtures/facts.ts'
import { Image } from '../../fixtures/image.ts'
import { withFree } from '../../fixtures/regions.ts'
import { eraOf, putHeap, putPeb } from '../../fixtures/winheaps.ts'
import { factsOf } from '../../rig/captures/found.ts'
import { captured, ofCaptures } from '../../rig/captures/texts.ts'
import { print } from '../../rig/document.ts'

const capture = 'RtlQueryProcessDebugInformation-win7-2011.txt'
const seven = eraOf('Windows 7 x86')

/** As recorded. */
const blockOf = (text: string) => {
  const [, start, size] =
    /^Block 0: addr (0x\w+), size (\d+), flags 0x0*2,/m.exec(text) ?? []
  const [, flags] = /^base 0x\w+, flags (0x\w+),/m.exec(text) ?? []
  return { start: Number(start), size: Number(size), flags: Number(flags) }
}

/** What VirtualQuery told of the same process, and its TEB and PEB behind. */
const imageOf = (): Image => {
  const image = new Image(4)
  image.map(0x20000, [[0x10000, 'rw']], { type: 'mapped' })
  image.map(0x30000, [
    [0x1e2000, 'reserve'],
    [0x1000, 'rwg'],
    [0x1d000, 'rw'],
  ])
  image.map(0x2e0000, [
    [0x30000, 'rw'],
    [0xd0000, 'reserve'],
  ])
  return image
}

const peb = 0x7ffd0000
const teb = 0x7ffd8000

/** Its memory: what the block says is what the heap's header says. */
const processWith = (
  block: ReturnType<typeof blockOf>,
  segmentFlags: number,
): Partial<ProcessFacts> => {
  const image = imageOf()
  image.map(peb)
  image.map(teb)
  putHeap(image, seven, 0x2e0000, { flags: 2, pages: 0x100 })
  putHeap(image, seven, block.start, {
    flags: block.flags,
    pages: block.size / 0x1000,
    segmentFlags,
  })
  putPeb(image, peb, [0x2e0000, 0x660000, block.start])
  image.pointer(teb + 4, 0x230000)
  image.pointer(teb + 8, 0x213000)
  const threads = [{ tid: 7, teb, isInitial: true }]
  return factsOf(image, { peb, build: seven.build, threads })
}

const told = (facts: Partial<ProcessFacts>): string[] =>
  print('maps', facts, { dialect: 'cygwin' })
    .split('\n')
    .slice(0, -1)
    .map(line => `${line.slice(0, 22)} ${line.slice(62)}`)

const both = [
  '00020000-00030000 rw-s [win heap 2 shared]',
  '00030000-00212000 ===p [stack (tid 7)]',
  '00212000-00213000 rw-g [stack (tid 7)]',
  '00213000-00230000 rw-p [stack (tid 7)]',
  '002E0000-00310000 rw-p [win heap 0 default grow]',
  '00310000-003E0000 ===p [win heap 0 default grow]',
]

t.test('the block is as long as was debated', ofCaptures, t => {
  t.same(blockOf(captured(capture)), {
    start: 0x20000,
    size: 2_150_400,
    flags: 0x8000,
  })
  t.end()
})

t.test('a heap whose header claims the stack has it not', ofCaptures, t => {
  const block = blockOf(captured(capture))
  // in memory that the heap made, in memory that its maker had
  for (const segmentFlags of [0, 1])
    t.same(told(processWith(block, segmentFlags)).slice(0, -2), both)
  t.end()
})

t.test('nor has it where a provider claims the whole block', ofCaptures, t => {
  const { start, size } = blockOf(captured(capture))
  const heap: Span = {
    kind: 'win heap',
    start,
    end: start + size,
    id: 2,
    words: ['shared'],
  }
  const stack: Span = { kind: 'stack', start: 0x30000, end: 0x230000, id: 7 }
  const regions = withFree(imageOf().regions)
  const names = (spans: Span[]): string[] =>
    told({ regions, spans }).map(line => line.slice(23))
  t.same(names([heap]), ['[win heap 2 shared]', '', '', '', '', ''])
  t.same(
    names([heap, stack]),
    both.map(line => line.slice(23)).map((name, at) => (at < 4 ? name : '')),
  )
  t.end()
})
