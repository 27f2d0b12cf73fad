import { MINIDUMP_THREAD } from '../nt/minidump.ts'
import type { Dump } from './directory.ts'
import { listOf } from './list.ts'
import { each, type Entries } from './source.ts'

/** Threads of a dump; more is EFBIG. */
export const threadBound = 0x4_0000

export const threadEntriesOf = (dump: Dump): Entries =>
  listOf(dump, 'ThreadList', MINIDUMP_THREAD, threadBound)

export interface DumpedThread {
  readonly tid: number
  /** Of the width that its process was dumped in. */
  readonly teb: number
}

/** In the order of the dump; one that is listed twice is one thread. */
export const threadsOf = (dump: Dump): DumpedThread[] => {
  const threads = new Map<number, DumpedThread>()
  for (const { ThreadId: tid, Teb: teb } of each(
    dump.source,
    MINIDUMP_THREAD,
    threadEntriesOf(dump),
  ))
    if (!threads.has(tid)) threads.set(tid, { tid, teb })
  return [...threads.values()]
}
