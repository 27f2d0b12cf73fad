import {
  MINIDUMP_HANDLE_DATA_STREAM,
  MINIDUMP_HANDLE_DESCRIPTOR,
} from '../nt/minidumpprocess.ts'
import type { Dump } from './directory.ts'
import { sizedListOf } from './list.ts'
import { each } from './source.ts'
import { stringsOf } from './strings.ts'

/** Handles of a dump, as many as Windows lets a process have; more is EFBIG. */
export const handleBound = 0x100_0000

export interface Handle {
  readonly handle: number
  /** `File`, `Event`; '' where the writer could not tell. */
  readonly type: string
  /** `\Device\HarddiskVolume3\Windows`; '' where it has none. */
  readonly name: string
  /** Rights, as granted. */
  readonly access: number
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

/**
 * In the order of the dump, lazily; none where the stream is not there.
 * Breakpad and dbghelp write the same; the information on objects that a
 * dump may have besides is left out.
 */
export function* handlesOf(dump: Dump): Generator<Handle, void, undefined> {
  if (!dump.places.has('HandleData')) return
  const { source } = dump
  const stringAt = stringsOf(source, 'HandleData')
  const textAt = (at: number): string => (at === 0 ? '' : stringAt(at))
  const list = entriesOf(dump)
  for (const entry of each(source, MINIDUMP_HANDLE_DESCRIPTOR, list))
    yield {
      handle: entry.Handle,
      type: textAt(entry.TypeNameRva),
      name: textAt(entry.ObjectNameRva),
      access: entry.GrantedAccess,
    }
}
