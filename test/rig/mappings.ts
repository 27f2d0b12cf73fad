/**
 * What the address space of test/fixtures/c/mappings.c holds, computed from its
 * own log of calls and nothing else: a model of mmap(2) and its kin.
 */
import { Access, type Region } from '../../provider/contract.ts'

interface Mmap {
  readonly call: 'mmap'
  readonly address: number
  readonly length: number
  readonly prot: number
  readonly shared: boolean
  readonly offset: number
  readonly major: number
  readonly minor: number
  /** Decimal: it may be past 2^53. */
  readonly inode: string
  readonly path: string
}

export type Call =
  | Mmap
  | {
      readonly call: 'mprotect'
      readonly address: number
      readonly length: number
      readonly prot: number
    }
  | {
      readonly call: 'munmap'
      readonly address: number
      readonly length: number
    }
  | { readonly call: 'unlink'; readonly path: string }
  | { readonly call: 'prctl'; readonly address: number; readonly name: string }

/** PROT_READ, PROT_WRITE, PROT_EXEC */
const accessOf = (prot: number): number =>
  (prot & 1 ? Access.read : 0) |
  (prot & 2 ? Access.write : 0) |
  (prot & 4 ? Access.execute : 0)

const mapped = (call: Mmap): Region => ({
  start: call.address,
  end: call.address + call.length,
  base: call.address,
  state: 'commit',
  type: call.shared ? 'mapped' : 'private',
  access: accessOf(call.prot),
  offset: call.offset,
  major: call.major,
  minor: call.minor,
  inode: BigInt(call.inode),
  ...(call.path !== '' && { name: call.path }),
})

const isFile = ({ major, minor, inode }: Region): boolean =>
  Boolean(major) || Boolean(minor) || Boolean(inode)

/** The part of a region in `[start, end)`; none if they do not meet. */
const part = (region: Region, start: number, end: number): Region[] => {
  const from = Math.max(region.start, start)
  const to = Math.min(region.end, end)
  const { offset = 0 } = region
  if (from >= to) return []
  return [
    {
      ...region,
      start: from,
      end: to,
      base: from,
      offset: isFile(region) ? offset + from - region.start : offset,
    },
  ]
}

const apply = (regions: readonly Region[], call: Call): Region[] => {
  if (call.call === 'unlink')
    return regions.map(region =>
      region.name === call.path
        ? { ...region, name: `${call.path} (deleted)` }
        : region,
    )
  const { address: from } = call
  if (call.call === 'prctl')
    return regions.map(region =>
      region.start === from ? { ...region, name: call.name } : region,
    )
  const to = from + call.length
  return regions.flatMap(region => {
    const changed = part(region, from, to)
    return [
      ...part(region, 0, from),
      ...(call.call === 'mprotect'
        ? changed.map(each => ({ ...each, access: accessOf(call.prot) }))
        : []),
      ...part(region, to, Infinity),
    ]
  })
}

/** The regions that are there after all calls, ascending. */
export const regionsAfter = (calls: readonly Call[]): Region[] => {
  let regions: Region[] = []
  for (const call of calls) {
    regions = apply(regions, call)
    if (call.call === 'mmap') regions.push(mapped(call))
  }
  return regions.sort((a, b) => a.start - b.start)
}
