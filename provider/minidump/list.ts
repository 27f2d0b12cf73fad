import type { Layout, View } from '../nt/layout.ts'
import { MINIDUMP_LIST, type StreamName } from '../nt/minidump.ts'
import { placeOf, type Dump } from './directory.ts'
import { excessive, malformed, structureAt, type Entries } from './source.ts'

/** EIO for entries that do not fit, EFBIG for more than `bound`. */
export const checkCount = (
  { source }: Dump,
  name: StreamName,
  { count, stride }: Entries,
  room: number,
  bound: number,
): void => {
  if (count * stride > room)
    throw malformed(
      source,
      `${name}: ${count} entries of ${stride} bytes are more than its ${room} bytes`,
    )
  if (count > bound)
    throw excessive(source, `${name}: ${count} entries, more than ${bound}`)
}

/**
 * The entries of a stream that is a number of them and then these, at most
 * `bound`. Breakpad aligns them to 8 bytes, 4 after the number's end: a stream
 * that is longer by just that.
 */
export const listOf = (
  dump: Dump,
  name: StreamName,
  { size: stride }: Layout<unknown>,
  bound: number,
): Entries => {
  const { at, size } = placeOf(dump, name, MINIDUMP_LIST.size)
  const head = structureAt(dump.source, MINIDUMP_LIST, at)
  const room = size - MINIDUMP_LIST.size
  const count = head.NumberOfEntries
  const padding = room === count * stride + 4 ? 4 : 0
  const entries = { at: at + MINIDUMP_LIST.size + padding, count, stride }
  checkCount(dump, name, entries, room, bound)
  return entries
}

/** What the head of a list says of its entries. */
export interface Head {
  /** Bytes of the head, up to the first entry. */
  readonly skip: number
  /** Bytes from one entry to the next. */
  readonly stride: number
  readonly count: number
}

/**
 * The entries of a stream whose head tells its own size and theirs, which may
 * both be more than we know, and no less: EIO. At most `bound`.
 */
export const sizedListOf = <H>(
  dump: Dump,
  name: StreamName,
  of: Layout<H>,
  headOf: (view: View<H>) => Head,
  entry: Layout<unknown>,
  bound: number,
): Entries => {
  const { at, size } = placeOf(dump, name, of.size)
  const { skip, stride, count } = headOf(structureAt(dump.source, of, at))
  if (skip < of.size || skip > size || stride < entry.size)
    throw malformed(
      dump.source,
      `${name}: SizeOfHeader ${skip}, SizeOfEntry ${stride}`,
    )
  const entries = { at: at + skip, count, stride }
  checkCount(dump, name, entries, size - skip, bound)
  return entries
}

/** The head of those whose fields are named so. */
export const headOf = (head: {
  readonly SizeOfHeader: number
  readonly SizeOfEntry: number
  readonly NumberOfEntries: number
}): Head => ({
  skip: head.SizeOfHeader,
  stride: head.SizeOfEntry,
  count: head.NumberOfEntries,
})
