import { spawnSync } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'
import { basename } from 'node:path'
import t, { type Test } from 'tap'
import { taskDocuments } from '../../../fs/document/index.ts'
import type { Process, Region, Span } from '../../../provider/contract.ts'
import { open } from '../../../provider/minidump/index.ts'
import { labels } from '../../../provider/space/labels.ts'
import {
  expectedOf,
  ofRealDumps,
  realDumps,
  type Expected,
} from '../../rig/dumps.ts'
import { missing, noProgram } from '../../rig/need.ts'

type Hex = `0x${string}`

/** A heap as the other reader walked it. */
interface ExpectedHeap {
  readonly id: number
  readonly addr: Hex
  readonly kind: string
  readonly flags: Hex | null
  readonly frontEnd: Hex | null
  readonly frontEndType: number | null
  readonly segments: readonly {
    readonly segment: Hex
    readonly pages: number
    readonly uncommittedPages: number
    readonly allocationBase: Hex
  }[]
  readonly virtualAllocBlocks: readonly { readonly allocationBase: Hex }[]
}

interface Labelled extends Expected {
  readonly heaps: readonly ExpectedHeap[]
  readonly wow64:
    (Expected['wow64'] & { readonly heaps: readonly ExpectedHeap[] }) | null
}

const labelledOf = (file: string): Labelled => expectedOf(file) as Labelled

const opened = <T>(file: string, look: (process: Process) => T): T => {
  const system = open({ spans: true, file })
  try {
    return look(system.process(Number(system.pids()[0])))
  } finally {
    system.close?.()
  }
}

const textOf = (span: Span): string =>
  labels.find(({ kind }) => kind === span.kind)?.linux(span) ?? 'no row'

interface Seen {
  readonly regions: readonly Region[]
  readonly spans: readonly Span[]
}

const look = (process: Process): Seen => {
  const regions = [...process.regions()]
  const spans = [...(process.spans?.(regions) ?? [])]
  return { regions, spans: spans.sort((a, b) => a.start - b.start) }
}

const told = ({ spans }: Seen): string[] =>
  spans.map(span => {
    const [start, end] = [span.start, span.end].map(at => at.toString(16))
    return `${start}-${end} ${textOf(span)}`
  })

/**
 * The other reader's word for a label, as ours begins: heaps of both widths
 * are numbered through, and the initial thread's stacks have no number.
 */
const wordOf = (expected: Labelled, label: string): string => {
  const [kind = '', number] = label.split(':')
  const initial = expected.threads[0]?.tid
  const heaps = { heap: 0, heap32: expected.heaps.length }
  if (kind in heaps)
    return `win heap ${Number(number) + heaps[kind as keyof typeof heaps]}`
  const isNumbered =
    number !== undefined &&
    !(kind.startsWith('stack') && Number(number) === initial)
  return isNumbered ? `${kind}:${number}` : kind
}

/** A label of ours, without brackets and without the words of a heap. */
const wordIn = (label: string): string =>
  label.slice(1, -1).replace(/^(win heap \d+) .*/, '$1')

/** Of the kinds that the other reader knows. */
const isCompared = (word: string): boolean =>
  /^(?:win heap|stack|stack32|teb|teb32|peb|peb32)\b/.test(word)

const walked = realDumps.filter(file => labelledOf(file).regions !== null)

t.test('every region has the labels that others saw', ofRealDumps, t => {
  t.equal(walked.length, 2)
  for (const file of walked)
    t.test(basename(file), t => {
      const expected = labelledOf(file)
      const { spans } = opened(file, look)
      let count = 0
      for (const [at, size, , , , , , seen] of expected.regions ?? []) {
        const start = Number(at)
        const end = start + Number(size)
        const ours = spans
          .filter(span => span.start < end && start < span.end)
          .map(span => wordIn(textOf(span)))
          .filter(isCompared)
        const theirs = seen.map(label => wordOf(expected, label))
        t.same(ours.toSorted(), theirs.toSorted(), at)
        count += theirs.length
      }
      t.comment(`${count} labels`)
      t.ok(count >= 18)
      t.end()
    })
  t.end()
})

/** What the other reader did not look for, and why it is right. */
const beyond: Readonly<Record<string, readonly (readonly [string, string])[]>> =
  {
    'win7sp1-x64-wow64-fizzbuzz-fullmem.carved.dmp': [
      ['40000-41000 [api-set-map]', 'both PEBs; an API_SET_NAMESPACE'],
      ['50000-54000 [system-activation-context]', 'both PEBs; an Actx'],
      [
        '500000-580000 [process-parameters]',
        'they lie in heap 0, as maps says',
      ],
      [
        '700000-800000 [process-parameters]',
        'they lie in heap 3, as maps says',
      ],
      ['7efb0000-7efd3000 [code-page-data]', 'both PEBs; code page 1252'],
      ['7efe0000-7f0e0000 [csr-shared-memory]', 'both PEBs; see the listing'],
      ['7ffe0000-7fff0000 [shared-user-data]', 'the address; Windows 6.1'],
    ],
    'win11-22631-x64-electron-renderer-crashpad.redacted.dmp': [
      ['7ffe0000-7ffe1000 [shared-user-data]', 'the address'],
      ['1e664ed0000-1e664eef000 [api-set-map]', 'the PEB'],
      ['1e664ef0000-1e664ef4000 [system-activation-context]', 'the PEB'],
      ['1e664f00000-1e664f03000 [activation-context]', 'the PEB'],
      ['1e664f10000-1e664f12000 [shim-data]', 'the PEB'],
      ['1e665140000-1e665240000 [process-parameters]', 'they lie in heap 0'],
      ['1e665250000-1e6653d1000 [gdi-handle-table]', 'the PEB'],
      [
        '1e665630000-1e666a31000 [desktop-heap]',
        'a TEB; 20480 KiB, as SharedSection is by default, and a page',
      ],
      ['7df4ed390000-7df4ed490000 [csr-shared-memory]', 'the PEB'],
    ],
  }

t.test('what is labelled besides is known, each with why', ofRealDumps, t => {
  for (const file of walked) {
    const seen = opened(file, look)
    const others = seen.spans.filter(span => !isCompared(wordIn(textOf(span))))
    t.same(
      told({ ...seen, spans: others }),
      beyond[basename(file)]?.map(([line]) => line),
      basename(file),
    )
  }
  t.end()
})

const carved = walked.find(file => file.includes('fizzbuzz-fullmem')) ?? ''
const electron = walked.find(file => file.includes('electron')) ?? ''

const hexAt = (process: Process, at: number, length: number): string =>
  Buffer.from(process.read(at, length)).toString('hex')

t.test('memory bears the labels out', ofRealDumps, t => {
  const table: readonly (readonly [at: number, hex: string, what: string])[] = [
    [0x40000, '02000000', 'API_SET_NAMESPACE.Version of Windows 7'],
    [0x50000, '41637478', 'ACTIVATION_CONTEXT_DATA.Magic, Actx'],
    [0x7efb0000, '0d00e404', 'CPTABLEINFO: 13 words, code page 1252'],
    [0x7ffe026c, '0600000001000000', 'KUSER_SHARED_DATA.NtMajorVersion: 6.1'],
    [0x7efdb030, '00b0fd7e00000000', 'TEB.Self'],
    [0x7efdd018, '00d0fd7e', 'TEB32.Self'],
  ]
  opened(carved, process => {
    for (const [at, hex, what] of table)
      t.equal(hexAt(process, at, hex.length / 2), hex, what)
  })
  t.end()
})

/** Whole allocations, by the words of the heap: where what it has begins. */
const startsOf = ({ spans }: Seen, id: number): number[] =>
  spans
    .filter(span => span.kind === 'win heap' && span.id === id)
    .map(({ start }) => start)

t.test('each heap has what others walked to, and its flags', ofRealDumps, t => {
  for (const file of walked) {
    const { heaps, wow64 } = labelledOf(file)
    const seen = opened(file, look)
    const all = [...heaps, ...(wow64?.heaps ?? [])]
    t.equal(all.length, file === carved ? 5 : 1)
    t.equal(
      new Set(seen.spans.flatMap(s => (s.kind === 'win heap' ? [s.id] : [])))
        .size,
      all.length,
      'and there are no others',
    )
    for (const [id, heap] of all.entries()) {
      const isSeen = heap.kind === 'nt'
      t.same(
        startsOf(seen, id),
        isSeen
          ? [...heap.segments, ...heap.virtualAllocBlocks]
              .map(({ allocationBase }) => Number(allocationBase))
              .toSorted((a, b) => a - b)
          : [Number(heap.addr)],
        `heap ${id}: what it has`,
      )
      const words = seen.spans.find(
        span => span.kind === 'win heap' && span.id === id,
      )?.words
      t.equal(words?.includes('lfh'), heap.frontEndType === 2, 'LFH')
      t.equal(words?.includes('grow'), (Number(heap.flags) & 2) !== 0, 'grow')
      t.equal(words?.includes('default'), heap.id === 0, 'default')
    }
  }
  t.end()
})

t.test(
  'a heap whose memory was not recorded is the PEB’s word',
  ofRealDumps,
  t => {
    opened(electron, process => {
      t.equal(process.read(0x1e665140000, 1).length, 0)
      const heaps = told(look(process)).filter(line =>
        line.includes('win heap'),
      )
      t.same(heaps, ['1e665140000-1e665240000 [win heap 0 default]'])
    })
    t.end()
  },
)

/** NumberOfPages, NumberOfUnCommittedPages in the _HEAP_SEGMENT of a width. */
const pagesAt = { 8: [0x38, 0x50], 4: [0x20, 0x2c] } as const

t.test(
  'what segments say is committed is what is committed',
  ofRealDumps,
  t => {
    const numberAt = (process: Process, at: number): number =>
      Buffer.from(process.read(at, 4)).readUInt32LE()
    const { heaps } = labelledOf(carved)
    opened(carved, process => {
      const { regions, spans } = look(process)
      const segments = spans.filter(
        ({ kind, words = [] }) =>
          kind === 'win heap' &&
          !words.includes('large') &&
          // the sections of CSRSS: one tells 15 pages less than there are
          !words.includes('shared'),
      )
      t.same(
        segments.map(({ start }) => start),
        [0x460000, 0x500000, 0x700000],
      )
      for (const { start, end, id = 0 } of segments) {
        const [all, without] = pagesAt[id < heaps.length ? 8 : 4]
        const pages = numberAt(process, start + all)
        const bytes = (pages - numberAt(process, start + without)) * 4096
        const committed = regions
          .filter(({ base, state }) => base === start && state === 'commit')
          .reduce((sum, region) => sum + region.end - region.start, 0)
        t.equal(bytes, committed, `${start.toString(16)}: committed`)
        t.equal(pages * 4096, end - start, `${start.toString(16)}: reserved`)
      }
    })
    t.end()
  },
)

/** All that is known of it, whoever found it. */
const ofFizzbuzz = [
  '10000-20000 [win heap 1 shared]',
  '20000-30000 [win heap 2 shared]',
  '40000-41000 [api-set-map]',
  '50000-54000 [system-activation-context]',
  // what VirtualAllocdBlocks alone tells; it holds the LFH of heap 3
  'e0000-1b4000 [win heap 3 default grow lfh large]',
  '1d0000-210000 [stack]',
  '280000-380000 [stack32]',
  '460000-470000 [win heap 4 grow]',
  '500000-580000 [process-parameters]',
  '500000-580000 [win heap 0 default grow]',
  '700000-800000 [process-parameters]',
  '700000-800000 [win heap 3 default grow lfh]',
  '7efb0000-7efd3000 [code-page-data]',
  '7efdb000-7efdd000 [teb:13456]',
  '7efdd000-7efde000 [teb32:13456]',
  '7efde000-7efdf000 [peb32]',
  '7efdf000-7efe0000 [peb]',
  '7efe0000-7f0e0000 [csr-shared-memory]',
  '7ffe0000-7fff0000 [shared-user-data]',
]

const mapsOf = (process: Process): string =>
  [
    ...taskDocuments.maps(
      process,
      { dialect: 'linux', paths: 'mixed' },
      { trusted: true },
    ),
  ].join('')

const namedIn = (maps: string): string[] =>
  maps
    .split('\n')
    .filter(line => line.includes('['))
    .map(line => line.replace(/^(\S+ \S+) .*?(\[.*\])$/, '$1 $2'))

/** What its maps make of that, less offset, device and inode. */
const inMaps = [
  '00010000-00020000 rw-s [win heap 1 shared]',
  '00020000-00030000 rw-s [win heap 2 shared]',
  '00040000-00041000 r--p [api-set-map]',
  '00050000-00054000 r--s [system-activation-context]',
  '000e0000-001b4000 rw-p [win heap 3 default grow lfh large]',
  '001d0000-0020c000 ---p [stack]',
  '0020c000-00210000 rw-p [stack]',
  '00280000-0037e000 ---p [stack32]',
  '0037e000-00380000 rw-p [stack32]',
  '00460000-00465000 rw-p [win heap 4 grow]',
  '00465000-00470000 ---p [win heap 4 grow]',
  '00500000-00508000 rw-p [win heap 0 default grow]',
  '00508000-00580000 ---p [win heap 0 default grow]',
  '00700000-00714000 rw-p [win heap 3 default grow lfh]',
  '00714000-00800000 ---p [win heap 3 default grow lfh]',
  '7efb0000-7efd3000 r--s [code-page-data]',
  '7efdb000-7efdd000 rw-p [teb:13456]',
  '7efdd000-7efde000 rw-p [teb32:13456]',
  '7efde000-7efdf000 rw-p [peb32]',
  '7efdf000-7efe0000 rw-p [peb]',
  '7efe0000-7efe5000 r--s [csr-shared-memory]',
  '7efe5000-7f0e0000 ---s [csr-shared-memory]',
  '7ffe0000-7ffe1000 r--p [shared-user-data]',
  '7ffe1000-7fff0000 ---p [shared-user-data]',
]

const isFizzbuzz = (t: Test, file: string): string =>
  opened(file, process => {
    t.same(told(look(process)), ofFizzbuzz)
    const maps = mapsOf(process)
    t.same(namedIn(maps), inMaps)
    return maps
  })

t.test('the labels of a whole WoW64 process', ofRealDumps, t => {
  isFizzbuzz(t, carved)
  t.end()
})

const needsXz = missing(noProgram('xz'))

t.test(
  'are those of the same process whose memory was all recorded',
  ofRealDumps.skip === false ? needsXz : ofRealDumps,
  t => {
    const file = `${t.testdir()}/full.dmp`
    const into = openSync(file, 'w')
    const packed = carved.replace(/\.carved\.dmp$/, '.full.dmp.xz')
    const { status, error } = spawnSync('xz', ['-dc', packed], {
      stdio: ['ignore', into, 'inherit'],
    })
    closeSync(into)
    t.same([status, error], [0, undefined])
    t.equal(isFizzbuzz(t, file), opened(carved, mapsOf), 'the same maps')
    t.end()
  },
)
