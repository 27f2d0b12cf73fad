import t from 'tap'
import type { Process, Region } from '../../../provider/contract.ts'
import { space } from '../../../provider/space/space.ts'
import type { Dialect } from '../../../provider/space/labels.ts'
import type { ProcessFacts } from '../../fixtures/facts.ts'
import { system } from '../../fixtures/provider.ts'
import { access, allocation, region, withFree } from '../../fixtures/regions.ts'
import { processOf } from '../../rig/document.ts'

const characters = ({ state, access }: Region): string => state + access

const told = (
  facts: Partial<ProcessFacts>,
  dialect: Dialect = 'linux',
): readonly (readonly [number, number, string | undefined])[] =>
  [...space(processOf(facts), dialect, characters)].map(
    ({ start, end, name }) => [start, end, name],
  )

const thread = allocation(0x400000, [
  [0x1000, 'reserve'],
  [0x1000, 'rwg'],
  [0x2000, 'rw'],
])

const spans = [{ kind: 'stack', start: 0x400000, end: 0x404000, id: 7 }]

t.test('a thread stack is labelled whole', t => {
  t.same(told({ regions: withFree(thread), spans }), [
    [0x400000, 0x401000, '[stack:7]'],
    [0x401000, 0x402000, '[stack:7]'],
    [0x402000, 0x404000, '[stack:7]'],
  ])
  t.same(
    told({ regions: thread, spans }, 'cygwin').map(([, , name]) => name),
    Array(3).fill('[stack (tid 7)]'),
  )
  t.end()
})

t.test('labels keep neighbours apart that print alike', t => {
  const regions = allocation(0x10000, [
    [0x1000, 'rw'],
    [0x1000, 'rw'],
    [0x1000, 'rw'],
  ])
  const spans = [{ kind: 'arena', start: 0x11000, end: 0x12000, id: 1 }]
  t.same(told({ regions, spans }), [
    [0x10000, 0x11000, undefined],
    [0x11000, 0x12000, '[heap arena 1]'],
    [0x12000, 0x13000, undefined],
  ])
  // of which Cygwin knows no word: they are one
  t.same(told({ regions, spans }, 'cygwin'), [[0x10000, 0x13000, undefined]])
  t.end()
})

t.test('a name of the source is stronger than any span', t => {
  const spans = [{ kind: 'stack', start: 0x1000, end: 0x9000, id: 1 }]
  const names = ['/usr/bin/cat', '[heap]', '[anon:x]']
  for (const name of names)
    t.same(told({ regions: [region(0x1000, 0x2000, { name })], spans }), [
      [0x1000, 0x2000, name],
    ])
  t.same(told({ regions: [region(0x1000, 0x2000, { name: '' })], spans }), [
    [0x1000, 0x2000, '[stack:1]'],
  ])
  t.end()
})

t.test('a label that Cygwin has no word for leaves the region to a span', t => {
  const regions = [
    region(0x1000, 0x2000, { name: '[stack]' }),
    region(0x3000, 0x4000, { name: '[vdso]' }),
    region(0x5000, 0x6000, { name: '[heap]' }),
  ]
  const spans = [{ kind: 'stack', start: 0x1000, end: 0x2000, id: 1 }]
  t.same(
    told({ regions, spans }, 'cygwin').map(([, , name]) => name),
    ['[stack (tid 1)]', '', '[heap]'],
  )
  t.same(
    told({ regions }, 'cygwin').map(([, , name]) => name),
    ['', '', '[heap]'],
  )
  t.end()
})

t.test('without spans the regions themselves come out', t => {
  const regions = [
    region(0x1000, 0x2000, { name: '[vdso]' }),
    region(0x2000, 0x3000, { access: access('r') }),
  ]
  for (const facts of [{ regions }, { regions, spans: [] }]) {
    const out = [...space(processOf(facts), 'linux', characters)]
    t.equal(out[0], regions[0])
    t.equal(out[1], regions[1])
  }
  t.end()
})

t.test('without spans a walk takes no more than it is asked for', t => {
  let walks = 0
  let regions = 0
  const process = processOf({
    *regions() {
      walks++
      for (;;) yield region(0x1000 * ++regions, 0x1000 * regions + 0x1000)
    },
  })
  const first = space(process, 'linux', characters)[Symbol.iterator]()
  t.equal(first.next().value?.start, 0x1000)
  t.equal(regions, 2)
  const second = space(process, 'linux', characters)[Symbol.iterator]()
  t.equal(second.next().value?.start, 0x3000)
  t.equal(walks, 2)
  t.end()
})

t.test('with spans each call walks once, which the spans are told', t => {
  let walks = 0
  const asked: (readonly Region[])[] = []
  const process: Process = {
    ...processOf({
      *regions() {
        walks++
        yield* withFree(thread)
      },
    }),
    spans(regions) {
      asked.push(regions)
      return spans.map(span => ({ ...span, id: walks }))
    },
  }
  for (const [call, dialect] of (['linux', 'cygwin'] as const).entries()) {
    const names = [...space(process, dialect, characters)].map(r => r.name)
    t.equal(walks, call + 1)
    t.equal(asked.length, call + 1)
    t.same(asked[call], withFree(thread))
    t.match(names, Array(3).fill(new RegExp(`${call + 1}`)))
  }
  t.end()
})

/** Two allocations without a gap, the second in three pieces. */
const neighbours = [
  ...allocation(0x10000, [[0x2000, 'rw']]),
  ...allocation(0x12000, [
    [0x1000, 'rw'],
    [0x1000, 'reserve'],
    [0x1000, 'rw'],
  ]),
  ...allocation(0x15000, [[0x1000, 'rw']]),
]

t.test('a label stays in the allocation that its span begins in', t => {
  const names = (kind: string, start: number, end: number) =>
    told({
      regions: withFree(neighbours),
      spans: [{ kind, start, end, id: 1 }],
    }).map(([, , name]) => name)
  const no = undefined
  const [stack, peb, arena] = ['[stack:1]', '[peb]', '[heap arena 1]']
  t.same(names('stack', 0x10000, 0x12000), [stack, no, no, no, no])
  t.same(names('stack', 0x11000, 2 ** 64), [stack, no, no, no, no])
  t.same(names('stack', 0x12000, 0x20000), [no, stack, stack, stack, no])
  t.same(names('stack', 0x14000, 0x20000), [no, no, no, stack, no])
  t.same(names('peb', 0x14000, 0x16000), [no, no, no, peb, no])
  // it begins where nothing is
  t.same(names('stack', 0xf000, 0x20000), [no, no, no, no, no])
  t.same(names('stack', 0x16000, 0x20000), [no, no, no, no, no])
  // a heap_info is several VMAs, each of which stands alone
  t.same(names('arena', 0x10000, 0x20000), Array(5).fill(arena))
  t.end()
})

t.test('a process that ends midway is ESRCH, not a short text', t => {
  const living = system({})
  living.begin({
    pid: 1,
    *regions() {
      yield region(0x1000, 0x2000)
      living.end(1)
      yield region(0x2000, 0x3000)
    },
  })
  const process = living.process(1)
  t.throws(() => [...space(process, 'linux', characters)], { code: 'ESRCH' })
  t.end()
})
