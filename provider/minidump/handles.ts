import {
  MINIDUMP_HANDLE_DATA_STREAM,
  MINIDUMP_HANDLE_DESCRIPTOR,
} from '../nt/minidumpprocess.ts'
import type { Dump } from './directory.ts'
import { sizedListOf } from './list.ts'
import { each, structureAt } from './source.ts'
import { stringsOf } from './strings.ts'

/** Handles of a dump, as many as Windows lets a process have; more is EFBIG. */
export const handleBound = 0x100_0000

export interface Handle {
  /** `File`, `Event`; '' where the writer could not tell. */
  readonly type: string
  /** `\Device\HarddiskVolume3\Windows`; '' where it has none. */
  readonly name: string
  /** Rights, as granted. */
  readonly access: number
}

/** Handles by their numbers. */
export interface Handles {
  /** Ascending, each once. */
  readonly numbers: Uint32Array
  /** Undefined if there is none of this number. */
  handle(number: number): Handle | undefined
}

const entriesOf = (dump: Dump) =>
  sizedListOf(
    dump,
    'HandleData',
    MINIDUMP_HANDLE_DATA_STREAM,
    head => ({
      skip: head.SizeOfHeader,
      stride: head.SizeOfDescriptor,
      count: head.NumberOfDescriptors,
    }),
    MINIDUMP_HANDLE_DESCRIPTOR,
    handleBound,
  )

/** How many there are; undefined where the stream is not there. */
export const handleCountOf = (dump: Dump): number | undefined =>
  dump.places.has('HandleData') ? entriesOf(dump).count : undefined

/** Where a number stands among ascending ones; -1 if it does not. */
const placeIn = (numbers: Uint32Array, number: number): number => {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] as number) < number) low = middle + 1
    else high = middle
  }
  return numbers[low] === number ? low : -1
}

/**
 * EIO where the stream is not there. What a handle is, is read when it is asked
 * for; of two of one number the first is told. Breakpad and dbghelp write the
 * same; the information on objects that a dump may have besides is left out,
 * and so are handles of more than 32 bits, which Windows never gives.
 */
export const handlesOf = (dump: Dump): Handles => {
  const { source } = dump
  const list = entriesOf(dump)
  const listed = new Uint32Array(list.count)
  const order = new Uint32Array(list.count)
  let at = 0
  let count = 0
  for (const { Handle } of each(source, MINIDUMP_HANDLE_DESCRIPTOR, list)) {
    listed[at] = Handle
    if (Handle <= 0xffff_ffff) order[count++] = at
    at++
  }
  const ordered = order
    .subarray(0, count)
    // stable, so that of one number the first comes first
    .sort((a, b) => Number(listed[a]) - Number(listed[b]))
    .filter((of, next, all) => listed[of] !== listed[all[next - 1] ?? -1])
  const numbers = ordered.map(of => listed[of] as number)
  const stringAt = stringsOf(source, 'HandleData')
  const textAt = (at: number): string => (at === 0 ? '' : stringAt(at))
  return {
    numbers,
    handle: number => {
      const place = placeIn(numbers, number)
      if (place < 0) return undefined
      const entry = structureAt(
        source,
        MINIDUMP_HANDLE_DESCRIPTOR,
        list.at + (ordered[place] as number) * list.stride,
      )
      return {
        type: textAt(entry.TypeNameRva),
        name: textAt(entry.ObjectNameRva),
        access: entry.GrantedAccess,
      }
    },
  }
}
