import { MINIDUMP_THREAD } from '../nt/minidump.ts'
import type { Dump } from './directory.ts'
import { listOf } from './list.ts'
import { each, type Entries } from './source.ts'

/** Threads of a dump; more is EFBIG. */
export const threadBound = 0x4_0000

export const threadsOf = (dump: Dump): Entries =>
  listOf(dump, 'ThreadList', MINIDUMP_THREAD, threadBound)

/** The ids, ascending; one that is listed twice is one thread. */
export const tidsOf = (dump: Dump): number[] => {
  const tids = new Set<number>()
  for (const { ThreadId } of each(
    dump.source,
    MINIDUMP_THREAD,
    threadsOf(dump),
  ))
    tids.add(ThreadId)
  return [...tids].sort((a, b) => a - b)
}
