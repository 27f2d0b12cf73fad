/** The text of Cygwin's /proc/<pid>/maps, back to what it was made from. */
import type { Region, Span } from '../../../provider/contract.ts'
import { access } from '../../fixtures/regions.ts'

const form =
  /^([0-9A-F]+)-([0-9A-F]+) ([r=-][w=-][x=-][psg]) ([0-9A-F]+) ([0-9A-F]{4}):([0-9A-F]{4}) (\d+) *(.*)$/

export interface Line {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly characters: string
  readonly offset: number
  readonly major: number
  readonly minor: number
  readonly inode: bigint
  readonly name: string
}

export const lineOf = (text: string): Line => {
  const [, start, end, characters, offset, major, minor, inode, name] =
    form.exec(text) ?? []
  const hex = (digits = ''): number => Number.parseInt(digits, 16)
  if (characters === undefined || inode === undefined || name === undefined)
    throw new Error(`no line of maps: ${text}`)
  return {
    text,
    start: hex(start),
    end: hex(end),
    characters,
    offset: hex(offset),
    major: hex(major),
    minor: hex(minor),
    inode: BigInt(inode),
    name,
  }
}

/** Labels of what a provider finds; all other names are the regions' own. */
const spanForms: readonly (readonly [RegExp, kind: string])[] = [
  [/^\[(?:win )?heap (\d+)((?: \w+)*)\]$/, 'win heap'],
  [/^\[stack \(tid (\d+)\)\]$/, 'stack'],
  [/^\[teb \(tid (\d+)\)\]$/, 'teb'],
  [/^\[peb\]$/, 'peb'],
]

const spanOf = ({ start, end, name }: Line): Span | undefined => {
  for (const [pattern, kind] of spanForms) {
    const found = pattern.exec(name)
    if (found === null) continue
    const [, id, words] = found
    return {
      start,
      end,
      kind,
      ...(id !== undefined && { id: Number(id) }),
      ...(words && { words: words.trim().split(' ') }),
    }
  }
  return undefined
}

/**
 * A text cannot tell writing from a private copy of it, nor what an unnamed
 * view is of: something that prints the same.
 */
const regionOf = (line: Line): Region => {
  const { start, end, characters, offset, major, minor, inode, name } = line
  const isNamed = name !== '' && spanOf(line) === undefined
  return {
    start,
    end,
    base: start - offset,
    ...(characters.startsWith('=')
      ? { state: 'reserve', access: 0 }
      : {
          state: 'commit',
          access: access(characters.replaceAll(/[-ps]/g, '')),
        }),
    type: characters.endsWith('s')
      ? 'mapped'
      : name.startsWith('/')
        ? 'image'
        : 'private',
    major,
    minor,
    inode,
    ...(isNamed && { name }),
  }
}

/** Neighbours that VirtualQuery tells as one: a PEB and the TEBs behind it. */
const isOne = (last: Region, next: Region): boolean =>
  last.end === next.start &&
  last.base === next.base &&
  last.state === next.state &&
  last.access === next.access

/** What a provider would tell, for these lines to be printed. */
export const factsOfLines = (
  lines: readonly Line[],
): { regions: Region[]; spans: Span[] } => {
  const regions: Region[] = []
  const spans: Span[] = []
  let labelled: Line | undefined
  for (const line of lines) {
    const region = regionOf(line)
    const last = regions.at(-1)
    if (last !== undefined && isOne(last, region))
      regions.splice(-1, 1, { ...last, end: region.end })
    else regions.push(region)
    const span = spanOf(line)
    const before = spans.at(-1)
    if (span === undefined) continue
    if (before?.end === span.start && labelled?.name === line.name)
      spans.splice(-1, 1, { ...before, end: span.end })
    else spans.push(span)
    labelled = line
  }
  return { regions, spans }
}
