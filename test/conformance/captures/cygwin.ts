/** What Cygwin printed, beside what we print of the same. */
import t from 'tap'
import type { ProcessFacts } from '../../fixtures/facts.ts'
import { factsOfLines, lineOf, type Line } from '../../rig/captures/cygwin.ts'
import { capturedLines, ofCaptures } from '../../rig/captures/texts.ts'
import { print } from '../../rig/document.ts'

const ten = 'cygwin-proc-self-maps-win10-x64.txt'
const seven = 'cygwin-proc-maps-win7-x86-2011.txt'

const printed = (facts: Partial<ProcessFacts>): string[] =>
  print('maps', facts, { dialect: 'cygwin', paths: 'cygwin' })
    .split('\n')
    .slice(0, -1)

const blanks = 'the blanks that fill it up to column 62 were lost in a document'

/** Lines of Windows 10 that differ, and why. */
const lost: readonly (readonly [range: string, why: string])[] = [
  ['00200000-00377000', blanks],
  ['7FF4FDEB0000-7FF4FDEB5000', blanks],
  ['7FF4FDEB5000-7FF4FDFB0000', blanks],
  ['7FF4FDFB0000-7FF5FDFD0000', blanks],
]

const rangeOf = (line: string): string => line.slice(0, line.indexOf(' '))

t.test('Windows 10: every line, byte for byte', ofCaptures, t => {
  const recorded = capturedLines(ten)
  t.equal(recorded.length, 34)
  const ours = printed(factsOfLines(recorded.map(lineOf)))
  t.equal(ours.length, recorded.length)
  const reasons = new Map(lost)
  const differing: string[] = []
  for (const [at, line] of ours.entries()) {
    const expected = recorded[at] ?? ''
    const why = reasons.get(rangeOf(line))
    t.equal(line, why === undefined ? expected : expected.padEnd(62), why ?? '')
    if (line !== expected) differing.push(rangeOf(line))
  }
  t.same(
    differing,
    lost.map(([range]) => range),
  )
  t.end()
})

t.test('a label is kept wherever the walk ends', ofCaptures, t => {
  // Cygwin's own last line has none: the name is blanked in its last pass
  const recorded = capturedLines(ten)
  for (const [at, line] of recorded.entries()) {
    const until = recorded.slice(0, at + 1).map(lineOf)
    t.equal(printed(factsOfLines(until)).at(-1)?.trimEnd(), line)
  }
  t.end()
})

t.test('a PEB and TEBs that are told as one region', ofCaptures, t => {
  const { regions } = factsOfLines(capturedLines(ten).map(lineOf))
  t.ok(regions.some(({ start, end }) => start === 0x377000 && end === 0x37a000))
  t.end()
})

const reasons = {
  column: 'a name begins at column 62 since, and had other columns before',
  word: '[heap N share] is [win heap N shared] since June 2011',
  default: 'class 8 lacks the flag that Cygwin asks; PEB.ProcessHeap is heap 0',
  shared: 's is told of what is MEM_MAPPED since later in May 2011',
  reserve: 'what is only reserved is === since later in May 2011',
  guard: 'a guard page was told as s, and is g since later in May 2011',
  stack: 'the heap’s block ran over it: it is the stack of a thread',
} as const

interface Then {
  /** What the form of that day has for its four characters. */
  readonly was: string
  readonly now: string
  readonly label: string
  readonly why: readonly (keyof typeof reasons)[]
}

/** All lines of May 2011, by their range: none is as it would be today. */
const then: Readonly<Record<string, Then>> = {
  '00010000-00020000': {
    was: 'rw-p',
    now: 'rw-s',
    label: '[win heap 1 shared]',
    why: ['column', 'word', 'default', 'shared'],
  },
  '00020000-00030000': {
    was: 'rw-p',
    now: 'rw-s',
    label: '[win heap 2 shared]',
    why: ['column', 'word', 'default', 'shared'],
  },
  '00030000-00212000': {
    was: '---p',
    now: '===p',
    label: '[stack (tid 7)]',
    why: ['column', 'reserve', 'stack'],
  },
  '00212000-00213000': {
    was: 'rw-s',
    now: 'rw-g',
    label: '[stack (tid 7)]',
    why: ['column', 'guard', 'stack'],
  },
  '00213000-00230000': {
    was: 'rw-p',
    now: 'rw-p',
    label: '[stack (tid 7)]',
    why: ['column', 'stack'],
  },
  '002E0000-00310000': {
    was: 'rw-p',
    now: 'rw-p',
    label: '[win heap 0 default grow]',
    why: ['column', 'word'],
  },
  '00310000-003E0000': {
    was: '---p',
    now: '===p',
    label: '[win heap 0 default grow]',
    why: ['column', 'word', 'reserve'],
  },
}

/** The line in today's characters. */
const today = (line: Line): Line => {
  const characters = then[rangeOf(line.text)]?.now ?? 'unknown'
  return lineOf(line.text.replace(/(?<=^\S+ )\S+/, characters))
}

/** The heaps as their block lists were told, and the stack. */
const found = [
  { kind: 'win heap', start: 0x10000, end: 0x20000, id: 1, words: ['shared'] },
  { kind: 'win heap', start: 0x20000, end: 0x22d000, id: 2, words: ['shared'] },
  {
    kind: 'win heap',
    start: 0x2e0000,
    end: 0x3e0000,
    id: 0,
    words: ['default', 'grow'],
  },
  // which thread's was not recorded
  { kind: 'stack', start: 0x30000, end: 0x230000, id: 7 },
]

t.test(
  'Windows 7 in May 2011: each line, and why it differs',
  ofCaptures,
  t => {
    const recorded = capturedLines(seven).map(lineOf)
    // some were sent twice, with a blank more
    const lines = recorded.filter(
      ({ start }, at) =>
        recorded.findIndex(line => line.start === start) === at,
    )
    t.same(
      lines.map(({ text }) => rangeOf(text)),
      Object.keys(then),
    )
    const { regions } = factsOfLines(lines.map(today))
    const ours = printed({ regions, spans: found })
    t.equal(ours.length, lines.length)
    for (const [at, { text, characters }] of lines.entries()) {
      const { was, now, label, why } = then[rangeOf(text)] as Then
      t.equal(characters, was)
      const prefix = text.slice(0, text.indexOf('[')).trimEnd()
      t.equal(
        ours[at],
        prefix.replace(characters, now).padEnd(62) + label,
        why.map(reason => reasons[reason]).join('; '),
      )
    }
    t.end()
  },
)
