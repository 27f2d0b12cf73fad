import type { Region, Task } from '../../provider/contract.ts'
import { printPath } from '../../provider/space/paths.ts'
import { space } from '../../provider/space/space.ts'
import { linuxCharacters } from './characters.ts'
import { dialects } from './dialects.ts'
import type { View } from './document.ts'
import { mapsName } from './escape.ts'

const page = 4096

/** What is told of a region; bytes. */
interface Counted {
  readonly region: Region
  readonly size: number
  /** Of it, {@link Task.resident}. */
  readonly there: number
}

const isOwn = ({ type }: Region): boolean => type === 'private'
const isWritten = (region: Region): boolean =>
  linuxCharacters(region)[1] === 'w'

const nothing = (): number => 0
const there = (each: Counted): number => each.there

/** Of what there is, that of a kind of region. */
const of =
  (isOf: (region: Region) => boolean) =>
  ({ region, there }: Counted): number =>
    isOf(region) ? there : 0

/** In the kernel's order (fs/proc/task_mmu.c:show_smap, __show_smap). */
const counts: readonly (readonly [string, (each: Counted) => number])[] = [
  ['Size', ({ size }) => size],
  ['KernelPageSize', () => page],
  ['MMUPageSize', () => page],
  ['Rss', there],
  ['Pss', there],
  ['Pss_Dirty', of(isWritten)],
  ['Shared_Clean', of(region => !isOwn(region) && !isWritten(region))],
  ['Shared_Dirty', of(region => !isOwn(region) && isWritten(region))],
  ['Private_Clean', of(region => isOwn(region) && !isWritten(region))],
  ['Private_Dirty', of(region => isOwn(region) && isWritten(region))],
  ['Referenced', there],
  ['Anonymous', of(isOwn)],
  ['KSM', nothing],
  ['LazyFree', nothing],
  ['AnonHugePages', nothing],
  ['ShmemPmdMapped', nothing],
  ['FilePmdMapped', nothing],
  ['Shared_Hugetlb', nothing],
  ['Private_Hugetlb', nothing],
  ['Swap', nothing],
  ['SwapPss', nothing],
  ['Locked', nothing],
]

/** VM_READ, VM_WRITE, VM_EXEC, VM_SHARED, by the letters that print. */
const flags: Readonly<Record<string, string>> = {
  r: 'rd ',
  w: 'wr ',
  x: 'ex ',
  s: 'sh ',
}

/** VM_MAYREAD, VM_MAYWRITE, VM_MAYEXEC. */
const may = 'mr mw me '

const flagsOf = (region: Region): string =>
  [...linuxCharacters(region)].map(letter => flags[letter] ?? '').join('') + may

/**
 * The lines of maps, each with its numbers behind it, in whole kB.
 *
 * Approximations: what is resident is {@link Task.resident}; all that may be
 * written counts as written to, and what is not private as shared with others,
 * but for Pss, which is as if nobody shared it. A page is of 4 kB, also where
 * the processor has others. VmFlags has what maps tells, and that all may be
 * made readable, writable and executable: psutil takes no line without any.
 */
export function* smaps(task: Task, view: View): Generator<string> {
  const { characters, line } = dialects[view.dialect]
  for (const region of space(task, view.dialect, characters)) {
    const { start, end, name = '' } = region
    const size = end - start
    const there = Math.min(task.resident?.(start, end) ?? 0, size)
    yield line(region, mapsName(printPath(name, view.paths)))
    for (const [key, count] of counts) {
      const kilobytes = Math.floor(count({ region, size, there }) / 1024)
      yield `${`${key}:`.padEnd(16)}${`${kilobytes}`.padStart(8)} kB\n`
    }
    yield `THPeligible:           0\nVmFlags: ${flagsOf(region)}\n`
  }
}
