import type { Region } from '../contract.ts'
import {
  MINIDUMP_MEMORY_INFO,
  MINIDUMP_MEMORY_INFO_LIST,
} from '../nt/minidump.ts'
import type { View } from '../nt/layout.ts'
import { accessOf, states, types } from '../nt/protect.ts'
import type { Dump } from './directory.ts'
import { headOf, sizedListOf } from './list.ts'
import { ownRegionsOf } from './ownregions.ts'
import { each, malformed } from './source.ts'
import type { Entries, Source } from './source.ts'

/** Regions of a dump; more is EFBIG. */
export const regionBound = 0x40_0000

const entriesOf = (dump: Dump): Entries =>
  sizedListOf(
    dump,
    'MemoryInfoList',
    MINIDUMP_MEMORY_INFO_LIST,
    headOf,
    MINIDUMP_MEMORY_INFO,
    regionBound,
  )

const isPage = (address: number): boolean => address % 4096 === 0

type Info = View<typeof MINIDUMP_MEMORY_INFO.fields>

/** A region that comes after `before`; EIO for what cannot be one. */
const regionOf = (
  source: Source,
  info: Info,
  before: number,
  nameOf: (base: number) => string,
): Region => {
  const start = info.BaseAddress
  const length = info.RegionSize
  const end = start + length
  const wrong = (what: string): never => {
    throw malformed(source, `MemoryInfoList: 0x${start.toString(16)} ${what}`)
  }
  if (start < before) wrong(`lies before 0x${before.toString(16)}`)
  if (!isPage(start) || !isPage(length) || length === 0 || end > 2 ** 64)
    wrong(`has a length of ${length} bytes`)
  const state = states[info.State] ?? wrong(`has a State of ${info.State}`)
  if (state === 'free')
    return { start, end, base: start, state, type: 'private', access: 0 }
  const base = info.AllocationBase
  if (!isPage(base) || base > start)
    wrong(`has an AllocationBase of 0x${base.toString(16)}`)
  const type = types[info.Type] ?? wrong(`has a Type of ${info.Type}`)
  const access =
    state === 'reserve'
      ? 0
      : (accessOf(info.Protect) ?? wrong(`has a Protect of ${info.Protect}`))
  const name = type === 'image' ? nameOf(base) : ''
  return name === ''
    ? { start, end, base, state, type, access }
    : { start, end, base, state, type, access, name }
}

/**
 * MemoryInfoList: ascending and disjoint, or EIO; with the free ones that the
 * dump has. An image is named by the module that covers its AllocationBase: of
 * other mappings a dump does not tell the file, unless it is one of our own,
 * which tells the names of all ({@link ownRegionsOf}). Read anew at every call,
 * lazily.
 *
 * Above 2^53 an address that is no multiple of 4096 may pass for one.
 */
export function* regionsOf(
  dump: Dump,
  nameOf: (address: number) => string,
): Generator<Region, void, undefined> {
  const { source } = dump
  const entries = entriesOf(dump)
  const more = ownRegionsOf(dump, entries.count)
  let before = 0
  for (const info of each(source, MINIDUMP_MEMORY_INFO, entries)) {
    const region = regionOf(source, info, before, nameOf)
    before = region.end
    const own = more?.next().value
    yield own ? own(region) : region
  }
}
