/** Recorded listings of the debugger's `!address` beside our regions. */
import t from 'tap'
import { dialects } from '../../../fs/document/dialects.ts'
import { accessOf, states, types } from '../../../provider/nt/protect.ts'
import type { Dialect } from '../../../provider/space/labels.ts'
import { space } from '../../../provider/space/space.ts'
import { eraOf, type Era } from '../../fixtures/winheaps.ts'
import {
  beside,
  joins,
  relabels,
  type Beside,
} from '../../rig/captures/beside.ts'
import { debugged } from '../../rig/captures/debugged.ts'
import {
  captured,
  capturedLines,
  ofCaptures,
  sectionsOf,
} from '../../rig/captures/texts.ts'
import { imageOf, rowsOf, type Row } from '../../rig/captures/windbg.ts'
import { processOf } from '../../rig/document.ts'

const listing = 'windbg-address-x64-win10-mayhem'
const ten = eraOf('Windows 10 x64')
const ten32 = eraOf('Windows 10 x86')

const seen = (rows: readonly Row[], era: Era, dialect: Dialect): Beside[] =>
  beside(rows, [
    ...space(
      processOf(debugged(rows, era)),
      dialect,
      dialects[dialect].characters,
    ),
  ])

type Difference = readonly [what: string, count: number, why: string]

/** These differences, as often, and no other. */
const only = (
  test: Pick<typeof t, 'equal' | 'same'>,
  found: Readonly<Record<string, number>>,
  table: readonly Difference[],
): void => {
  for (const [what, count, why] of table)
    test.equal(found[what] ?? 0, count, `${what}: ${why}`)
  test.same(Object.keys(found).sort(), table.map(([what]) => what).sort())
}

const oneText = 'both print rw-p, and are of one file'

/** In both dialects. */
const joined: readonly Difference[] = [
  [
    'Heap MEM_RESERVE + <unknown> MEM_RESERVE',
    3,
    'a segment’s last page is none of its NumberOfPages, but of its allocation',
  ],
  ['Image PAGE_READWRITE + Image PAGE_WRITECOPY', 4, oneText],
  ['Image PAGE_WRITECOPY + Image PAGE_READWRITE', 1, oneText],
  [
    'Image PAGE_READWRITE + Image PAGE_WRITECOPY + Image PAGE_READWRITE',
    2,
    oneText,
  ],
  [
    'Image PAGE_READWRITE + Image PAGE_WRITECOPY + Image PAGE_READWRITE + Image PAGE_WRITECOPY',
    2,
    oneText,
  ],
]

const guarded: Difference = [
  'Stack MEM_RESERVE + Stack PAGE_READWRITE | PAGE_GUARD',
  8,
  'what faults when touched is ---p; Cygwin tells a guard',
]

const tail = 'the last page again: a label is of the whole allocation'

const relabelled: readonly Difference[] = [
  ['<unknown> MEM_RESERVE  is [win heap 0 default grow lfh]', 1, tail],
  ['<unknown> MEM_RESERVE  is [win heap 2 grow lfh]', 1, tail],
  ['<unknown> MEM_RESERVE  is [win heap 3 grow lfh]', 1, tail],
  [
    '<unknown> MEM_RESERVE  is [csr-shared-memory]',
    1,
    'what is reserved behind it is of the same allocation',
  ],
]

const bytesOf = (all: Iterable<{ start: number; end: number }>): number => {
  let sum = 0
  for (const { start, end } of all) sum += end - start
  return sum
}

t.test('a listing of 347 rows: what we join, and why', ofCaptures, t => {
  const rows = rowsOf(capturedLines(`${listing}.txt`))
  t.equal(rows.length, 347)
  only(t, joins(seen(rows, ten, 'linux')), [...joined, guarded])
  only(t, joins(seen(rows, ten, 'cygwin')), joined)
  t.end()
})

t.test('the same listing: what we name otherwise, and why', ofCaptures, t => {
  const rows = rowsOf(capturedLines(`${listing}.txt`))
  const all = seen(rows, ten, 'linux')
  only(t, relabels(all, rows), relabelled)
  const names = new Set(all.map(({ ours }) => ours.name ?? ''))
  const tids = [0x1a04, 0x1e78, 0x2194, 0x1910, 0xfe4, 0x15b0, 0x2a4, 0x1414]
  t.same(
    [...names].filter(name => name.startsWith('[')).sort(),
    [
      '[api-set-map]',
      '[code-page-data]',
      '[csr-shared-memory]',
      '[gdi-handle-table]',
      '[peb]',
      '[shared-user-data]',
      '[stack]',
      ...tids.slice(1).map(tid => `[stack:${tid}]`),
      '[system-activation-context]',
      ...tids.map(tid => `[teb:${tid}]`),
      '[win heap 0 default grow lfh]',
      '[win heap 1 shared]',
      '[win heap 2 grow lfh]',
      '[win heap 3 grow lfh]',
    ].sort(),
  )
  t.end()
})

t.test('the same listing: no byte is lost, none told twice', ofCaptures, t => {
  const rows = rowsOf(capturedLines(`${listing}.txt`))
  let end = 0
  let gaps = 0
  for (const row of rows) {
    if (row.start !== end) gaps++
    end = row.end
  }
  t.equal(gaps, 0)
  t.equal(end, 0x7fff_ffff_0000)
  const held = rows.filter(({ state }) => state !== 'MEM_FREE')
  const all = seen(rows, ten, 'linux')
  t.equal(bytesOf(all.map(({ ours }) => ours)), bytesOf(held))
  let before = 0
  for (const { ours, rows } of all) {
    const isWhole = bytesOf(rows) === ours.end - ours.start
    const isOne = rows.every(({ isFirst }, at) => at === 0 || !isFirst)
    if (before > ours.start || !isWhole || !isOne)
      t.fail(`${ours.start.toString(16)}: unsorted, or of two allocations`)
    before = ours.end
  }
  t.end()
})

interface Queried {
  readonly base: string
  readonly size: string
  readonly allocationBase: string
  readonly state: string
  readonly protect: string
  readonly type: string
}

t.test('the same as VirtualQueryEx tells it', ofCaptures, t => {
  const rows = rowsOf(capturedLines(`${listing}.txt`))
  const queried = JSON.parse(captured(`${listing}.json`)) as Queried[]
  t.equal(queried.length, rows.length)
  t.same(
    queried
      .filter(({ state }) => states[Number(state)] !== 'free')
      .map(({ base, size, allocationBase, state, protect, type }) => ({
        start: Number(base),
        end: Number(base) + Number(size),
        base: Number(allocationBase),
        state: states[Number(state)],
        type: types[Number(type)],
        access: accessOf(Number(protect)),
      })),
    imageOf(rows, 8).regions.map(
      ({ start, end, base, state, type, access }) => ({
        start,
        end,
        base,
        state,
        type,
        access,
      }),
    ),
  )
  t.end()
})

/** Rows of 32-bit processes, of which PEB and TEBs were not recorded. */
const narrow: readonly {
  readonly rows: number
  readonly joined: readonly Difference[]
  readonly relabelled: readonly Difference[]
}[] = [
  {
    rows: 24,
    joined: [
      [
        '<unknown> MEM_RESERVE + <unknown> PAGE_READWRITE | PAGE_GUARD',
        1,
        'the 64-bit stack, which a 32-bit debugger does not know',
      ],
      ['Stack MEM_RESERVE + Stack PAGE_READWRITE | PAGE_GUARD', 1, guarded[2]],
    ],
    relabelled: [],
  },
  {
    rows: 6,
    joined: [[joined[0]?.[0] ?? '', 2, joined[0]?.[2] ?? '']],
    relabelled: [
      ['<unknown> MEM_RESERVE  is [win heap 0 default grow]', 1, tail],
      ['<unknown> MEM_RESERVE  is [win heap 1 grow]', 1, tail],
    ],
  },
]

t.test('rows of 32-bit processes', ofCaptures, t => {
  // the third section has only some of its rows, and no allocations
  const sections = sectionsOf('windbg-address-x86-snippets.txt')
  t.equal(sections.length, narrow.length + 1)
  for (const [at, expected] of narrow.entries()) {
    const rows = rowsOf(sections[at] ?? [])
    t.equal(rows.length, expected.rows)
    const all = seen(rows, ten32, 'linux')
    only(t, joins(all), expected.joined)
    only(t, relabels(all, rows), expected.relabelled)
  }
  t.end()
})
