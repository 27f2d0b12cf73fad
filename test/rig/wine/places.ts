/** What maps says beside what made.c said of itself: differences. */
import { joined, mixed, within, type Line } from './maps.ts'
import type { Made, MadeHeap, Oracle, Range } from './oracle.ts'

const hex = ({ start, end }: Range): string =>
  `${start.toString(16)}-${end.toString(16)}`

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

/** How a range that was made is to be named. */
const nameOf = ({ label }: Made, initial: number | undefined): string => {
  const [word = '', tid = ''] = label.split(' ')
  if (label === '-') return ''
  if (label === 'peb') return '[peb]'
  if (word === 'teb') return `[teb:${tid}]`
  if (word !== 'stack') return mixed(label)
  return Number(tid) === initial ? '[stack]' : `[stack:${tid}]`
}

/** Whether lines tell the permissions, or those of an image piece by piece. */
const arePerms = (found: readonly Line[], made: Made): boolean => {
  const { start, perms, type, offset } = made
  if (perms !== '-')
    return found.length === 1 && found[0]?.perms === perms
      ? found[0].offset === offset
      : false
  if (type !== 'image') return found.every(({ perms }) => perms.endsWith('p'))
  return (
    found.some(({ perms }) => perms === 'r-xp') &&
    found.every(line => line.offset === line.start - start)
  )
}

/** Ranges that were made and are not in maps just so. */
export const misplaced = (
  lines: readonly Line[],
  { made, threads }: Oracle,
): string[] =>
  made.flatMap(range => {
    const found = within(lines, range)
    const name = nameOf(range, threads[0]?.tid)
    const wrong = [
      !same(joined(found), [{ start: range.start, end: range.end }]) &&
        `is told as ${found.map(hex).join()}`,
      found.some(line => line.name !== name) &&
        `is called ${found.map(line => line.name).join()}`,
      !arePerms(found, range) &&
        `is ${found.map(({ perms, offset }) => `${perms} ${offset}`).join()}`,
    ]
    return wrong
      .filter(text => text !== false)
      .map(text => `${range.what} ${hex(range)} ${text}`)
  })

interface HeapLine extends Line {
  readonly id: number
  readonly words: readonly string[]
}

/** The lines that are said to be of heaps. */
export const heapLines = (lines: readonly Line[]): readonly HeapLine[] =>
  lines.flatMap(line => {
    const found = /^\[win heap (\d+)((?: [a-z]+)*)\]$/.exec(line.name)
    const [, id, words = ''] = found ?? []
    return id === undefined
      ? []
      : [{ ...line, id: Number(id), words: words.split(' ').filter(Boolean) }]
  })

const isIn = (range: Range, other: Range): boolean =>
  range.start >= other.start && range.end <= other.end

/** What is wrong with the lines of one heap. */
const aboutHeap = (
  lines: readonly Line[],
  oracle: Oracle,
  { base, perms, words }: MadeHeap,
): string[] => {
  const id = oracle.processHeaps.indexOf(base)
  const own = heapLines(lines).filter(line => line.id === id)
  const first = own.find(({ start }) => start === base)
  const wrong: string[] = []
  if (first === undefined || first.perms !== perms)
    wrong.push(`begins ${first?.perms}`)

  const ofIt = (range: { readonly heap: number }): boolean =>
    range.heap === base
  const regions = oracle.walked.filter(
    ({ kind, ...range }) => kind === 'region' && ofIt(range),
  )
  const held = [...oracle.blocks, ...oracle.walked].filter(ofIt)
  for (const range of held) {
    const found = within(own, range)
    const isLarge = !regions.some(region => isIn(range, region))
    const label = isLarge ? [...words, 'large'] : words
    if (!joined(found).some(whole => isIn(range, whole)))
      wrong.push(`has ${hex(range)}, which is not said to be its`)
    if (found.some(line => !same(line.words, label)))
      wrong.push(`${hex(range)}: ${found.map(line => line.name).join()}`)
  }
  // of the process's own heap little is told
  if (held.length > 0)
    for (const line of own)
      if (within(held, line).length === 0)
        wrong.push(`has nothing in ${hex(line)}`)
  return wrong.map(text => `heap ${base.toString(16)} ${text}`)
}

/**
 * What maps says wrong of heaps: of each that made.c made, of where blocks and
 * regions lie that HeapWalk tells, and of their numbers, which are places in
 * what GetProcessHeaps tells.
 */
export const mislabelled = (
  lines: readonly Line[],
  oracle: Oracle,
): string[] => {
  const { heaps, processHeaps } = oracle
  const labelled = heapLines(lines)
  const known = processHeaps.flatMap((base, id) => {
    const [first, ...more] = labelled.filter(({ start }) => start === base)
    return first?.id === id && more.length === 0
      ? []
      : [`heap ${base.toString(16)} has not number ${id}: ${first?.name}`]
  })
  const others = labelled.filter(({ id }) => id >= processHeaps.length)
  return [
    ...known,
    ...others.map(line => `${hex(line)} is of no heap: ${line.name}`),
    ...heaps.flatMap(heap => aboutHeap(lines, oracle, heap)),
  ]
}
