import {
  MINIDUMP_MEMORY64_LIST,
  MINIDUMP_MEMORY_DESCRIPTOR,
  MINIDUMP_MEMORY_DESCRIPTOR64,
  MINIDUMP_THREAD,
} from '../nt/minidump.ts'
import { placeOf, type Dump } from './directory.ts'
import { checkCount, listOf } from './list.ts'
import { each, malformed, structureAt, type Entries } from './source.ts'
import { threadEntriesOf } from './threads.ts'

/** Ranges of one list of a dump; more is EFBIG. */
export const rangeBound = 0x10_0000

/** Bytes of the target that the dump holds. */
export interface Range {
  /** Address of the first. */
  readonly start: number
  /** How many. */
  readonly length: number
  /** Where they are in the file. */
  readonly at: number
}

/** Some ranges, and how many at most. */
export interface Ranges {
  readonly count: number
  readonly ranges: Iterable<Range>
}

const none: Ranges = { count: 0, ranges: [] }

/** EIO for one that is not in the file or at no address. */
const checked = (
  { source }: Dump,
  name: string,
  start: number,
  length: number,
  at: number,
): Range => {
  const spelt = `${name}: the ${length} bytes of 0x${start.toString(16)}`
  if (at + length > source.size)
    throw malformed(
      source,
      `truncated: ${spelt} cannot be at ${at} of ${source.size}`,
    )
  if (start + length > Number.MAX_SAFE_INTEGER)
    throw malformed(source, `${spelt} lie beyond 2^53`)
  return { start, length, at }
}

function* ranges64(
  dump: Dump,
  list: Entries,
  base: number,
): Generator<Range, void, undefined> {
  const of = MINIDUMP_MEMORY_DESCRIPTOR64
  let at = base
  for (const entry of each(dump.source, of, list)) {
    const { StartOfMemoryRange: start, DataSize: length } = entry
    yield checked(dump, 'Memory64List', start, length, at)
    at += length
  }
}

/** Those whose bytes follow each other, from BaseRva on. */
const memory64 = (dump: Dump): Ranges => {
  if (!dump.places.has('Memory64List')) return none
  const skip = MINIDUMP_MEMORY64_LIST.size
  const { at, size } = placeOf(dump, 'Memory64List', skip)
  const head = structureAt(dump.source, MINIDUMP_MEMORY64_LIST, at)
  const list = {
    at: at + skip,
    count: head.NumberOfMemoryRanges,
    stride: MINIDUMP_MEMORY_DESCRIPTOR64.size,
  }
  checkCount(dump, 'Memory64List', list, size - skip, rangeBound)
  return { count: list.count, ranges: ranges64(dump, list, head.BaseRva) }
}

function* ranges32(
  dump: Dump,
  list: Entries,
): Generator<Range, void, undefined> {
  const of = MINIDUMP_MEMORY_DESCRIPTOR
  for (const entry of each(dump.source, of, list))
    yield checked(
      dump,
      'MemoryList',
      entry.StartOfMemoryRange,
      entry.DataSize,
      entry.Rva,
    )
}

const memory32 = (dump: Dump): Ranges => {
  if (!dump.places.has('MemoryList')) return none
  const of = MINIDUMP_MEMORY_DESCRIPTOR
  const list = listOf(dump, 'MemoryList', of, rangeBound)
  return { count: list.count, ranges: ranges32(dump, list) }
}

function* rangesOfStacks(
  dump: Dump,
  list: Entries,
): Generator<Range, void, undefined> {
  for (const entry of each(dump.source, MINIDUMP_THREAD, list))
    if (entry.StackRva !== 0)
      yield checked(
        dump,
        'ThreadList',
        entry.StackStartOfMemoryRange,
        entry.StackDataSize,
        entry.StackRva,
      )
}

const stacks = (dump: Dump): Ranges => {
  if (!dump.places.has('ThreadList')) return none
  const list = threadEntriesOf(dump)
  return { count: list.count, ranges: rangesOfStacks(dump, list) }
}

/**
 * All memory of a dump: Memory64List, MemoryList, and the stacks of ThreadList,
 * which the lists need not repeat. Unsorted, and some of it twice.
 */
export const rangesOf = (dump: Dump): readonly Ranges[] => [
  memory64(dump),
  memory32(dump),
  stacks(dump),
]
