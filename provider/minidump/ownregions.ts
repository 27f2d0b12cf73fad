import type { Region } from '../contract.ts'
import type { Dump } from './directory.ts'
import { headOf, sizedListOf } from './list.ts'
import { OwnList, OwnRegion } from './own.ts'
import { each, malformed } from './source.ts'
import { stringsOf } from './strings.ts'

/** All bits of {@link Region.access}. */
const accessBits = 0x1f

/**
 * For each region of MemoryInfoList, in its order, what completes it; undefined
 * where the dump is none of ours. EIO for another number of them than `count`,
 * and for what is no access or no name.
 */
export const ownRegionsOf = (
  dump: Dump,
  count: number,
): Iterator<(region: Region) => Region, undefined> | undefined => {
  if (!dump.places.has('OwnRegions')) return undefined
  const { source } = dump
  const list = sizedListOf(
    dump,
    'OwnRegions',
    OwnList,
    headOf,
    OwnRegion,
    count,
  )
  if (list.count !== count)
    throw malformed(source, `OwnRegions: ${list.count} of ${count} regions`)
  return completions(dump, list)
}

function* completions(
  { source }: Dump,
  list: Parameters<typeof each>[2],
): Generator<(region: Region) => Region, undefined> {
  const nameAt = stringsOf(source, 'OwnRegions', 'utf8')
  for (const own of each(source, OwnRegion, list)) {
    const { Access: access, Has: has, NameRva: at } = own
    if (access > accessBits)
      throw malformed(source, `OwnRegions: an access of ${access}`)
    const { Offset, Major, Minor, Inode } = own
    const name = at === 0 ? undefined : nameAt(at)
    yield ({ start, end, base, state, type }) => ({
      start,
      end,
      base,
      state,
      type,
      access: state === 'commit' ? access : 0,
      ...(has & 1 && { offset: Offset }),
      ...(has & 2 && { major: Major, minor: Minor, inode: Inode }),
      ...(name !== undefined && { name }),
    })
  }
  return undefined
}
