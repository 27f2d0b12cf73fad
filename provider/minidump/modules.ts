import { MINIDUMP_MODULE } from '../nt/minidump.ts'
import type { Dump } from './directory.ts'
import { listOf } from './list.ts'
import { each } from './source.ts'
import { stringsOf } from './strings.ts'

/** Modules of a dump; more is EFBIG. */
export const moduleBound = 0x1_0000

export interface Module {
  /** `[base, end)` */
  readonly base: number
  readonly end: number
  /** The path as the dump has it; '' if it has none. */
  readonly name: string
}

/**
 * The modules in the order of the dump, of which the first is the program.
 * A half of a surrogate pair that stands alone in a name becomes U+FFFD.
 */
export const modulesOf = (dump: Dump): Module[] => {
  const { source } = dump
  const nameAt = stringsOf(source, 'ModuleList')
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
