import { MINIDUMP_LIST } from '../nt/minidump.ts'
import {
  AssertionInfo,
  assertionTextSize,
  BreakpadInfo,
  CrashpadInfo,
  SimpleStringDictionaryEntry,
} from '../nt/minidumpcrash.ts'
import { placeOf, type Dump } from './directory.ts'
import { checkCount } from './list.ts'
import { each, malformed, structureAt, viewAt } from './source.ts'
import { stringsOf, textOf } from './strings.ts'

/** Annotations of a dump; more is EFBIG. */
export const annotationBound = 0x1000

/**
 * What a program told Crashpad of itself, key and value: `prod`, `ver`,
 * `ptype`; none where the stream is not there or of a version that we do not
 * know. What it tells of single modules is left out.
 */
export const annotationsOf = (
  dump: Dump,
): readonly (readonly [string, string])[] => {
  if (!dump.places.has('CrashpadInfo')) return []
  const { source } = dump
  const { at } = placeOf(dump, 'CrashpadInfo', CrashpadInfo.size)
  const info = structureAt(source, CrashpadInfo, at)
  const room = info.simple_annotationsDataSize
  const rva = info.simple_annotationsRva
  if (info.version !== 1 || room < MINIDUMP_LIST.size) return []
  if (rva + room > source.size)
    throw malformed(source, `CrashpadInfo: no annotations at ${rva}`)
  const list = {
    at: rva + MINIDUMP_LIST.size,
    count: structureAt(source, MINIDUMP_LIST, rva).NumberOfEntries,
    stride: SimpleStringDictionaryEntry.size,
  }
  const text = stringsOf(source, 'CrashpadInfo', 'utf8')
  const entries = room - MINIDUMP_LIST.size
  checkCount(dump, 'CrashpadInfo', list, entries, annotationBound)
  return Array.from(
    each(source, SimpleStringDictionaryEntry, list),
    ({ key, value }) => [text(key), text(value)] as const,
  )
}

/** Which threads Breakpad names; undefined for one that it does not. */
export const breakpadOf = (
  dump: Dump,
): { readonly dumper?: number; readonly requester?: number } => {
  if (!dump.places.has('BreakpadInfo')) return {}
  const { at } = placeOf(dump, 'BreakpadInfo', BreakpadInfo.size)
  const info = structureAt(dump.source, BreakpadInfo, at)
  return {
    ...(info.validity & 1 && { dumper: info.dump_thread_id }),
    ...(info.validity & 2 && { requester: info.requesting_thread_id }),
  }
}

const assertions: Readonly<Record<number, string>> = {
  1: 'invalid parameter',
  2: 'pure virtual call',
}

/** An assertion of the C runtime that ended the program. */
export interface Assertion {
  /** `invalid parameter`; '' for one that we do not know. */
  readonly type: string
  readonly expression: string
  readonly function: string
  readonly file: string
  readonly line: number
}

/** Undefined where the stream is not there. */
export const assertionOf = (dump: Dump): Assertion | undefined => {
  if (!dump.places.has('AssertionInfo')) return undefined
  const { at } = placeOf(dump, 'AssertionInfo', AssertionInfo.size)
  const view = viewAt(dump.source, at, AssertionInfo.size)
  const info = AssertionInfo.view(view)
  const text = (field: 'expression' | 'function' | 'file'): string => {
    const [from] = AssertionInfo.fields[field]
    return textOf(new Uint8Array(view.buffer, from, assertionTextSize))
  }
  return {
    type: assertions[info.type] ?? '',
    expression: text('expression'),
    function: text('function'),
    file: text('file'),
    line: info.line,
  }
}
