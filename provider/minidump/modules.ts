import { MINIDUMP_MODULE, MINIDUMP_STRING } from '../nt/minidump.ts'
import type { Dump } from './directory.ts'
import { listOf } from './list.ts'
import { each, excessive, malformed, structureAt, viewAt } from './source.ts'
import type { Source } from './source.ts'

/** Modules of a dump; more is EFBIG. */
export const moduleBound = 0x1_0000

/** Bytes of a name, that of a UNICODE_STRING; more is EIO. */
const longest = 0xfffe

/** Bytes of all names; more is EFBIG. */
const most = 1 << 26

export interface Module {
  /** `[base, end)` */
  readonly base: number
  readonly end: number
  /** The path as the dump has it; '' if it has none. */
  readonly name: string
}

/**
 * Reads names, each but once. In a dump they do not overlap, so all of them
 * together are no longer than it: else one would be told again and again.
 */
const namesOf = (source: Source): ((at: number) => string) => {
  const decoder = new TextDecoder('utf-16le', { ignoreBOM: true })
  const known = new Map<number, string>()
  let total = 0
  const read = (at: number): string => {
    if (at + MINIDUMP_STRING.size > source.size)
      throw malformed(source, `ModuleList: a name beyond its end, at ${at}`)
    const length = structureAt(source, MINIDUMP_STRING, at).Length
    const start = at + MINIDUMP_STRING.size
    if (length > longest || length % 2 !== 0 || start + length > source.size)
      throw malformed(source, `ModuleList: a name of ${length} bytes, at ${at}`)
    total += length
    if (total > source.size)
      throw malformed(source, 'ModuleList: names that overlap each other')
    if (total > most)
      throw excessive(source, `ModuleList: names of more than ${most} bytes`)
    // some writers count the NUL
    return decoder.decode(viewAt(source, start, length)).split('\0')[0] ?? ''
  }
  return at => {
    const name = known.get(at) ?? read(at)
    known.set(at, name)
    return name
  }
}

/**
 * The modules in the order of the dump, of which the first is the program.
 * A half of a surrogate pair that stands alone in a name becomes U+FFFD.
 */
export const modulesOf = (dump: Dump): Module[] => {
  const { source } = dump
  const nameAt = namesOf(source)
  const modules: Module[] = []
  const list = listOf(dump, 'ModuleList', MINIDUMP_MODULE, moduleBound)
  for (const entry of each(source, MINIDUMP_MODULE, list)) {
    const base = entry.BaseOfImage
    const name = nameAt(entry.ModuleNameRva)
    modules.push({ base, end: base + entry.SizeOfImage, name })
  }
  return modules
}

/**
 * What finds the name of the module that covers an address; '' if none does.
 * Of modules that overlap it is the one that starts last at or below it, and
 * of those that start alike the one listed first: a WoW64 process lists its
 * program twice.
 */
export const namer = (
  modules: readonly Module[],
): ((address: number) => string) => {
  const sorted = modules.toSorted((a, b) => a.base - b.base)
  const starts = sorted.filter(
    ({ base }, at) => at === 0 || base !== sorted[at - 1]?.base,
  )
  return address => {
    let low = 0
    let high = starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((starts[middle] as Module).base <= address) low = middle + 1
      else high = middle
    }
    const found = starts[low - 1]
    return found !== undefined && address < found.end ? found.name : ''
  }
}
