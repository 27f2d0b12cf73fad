import { MINIDUMP_THREAD } from '../nt/minidump.ts'
import type { Dump } from './directory.ts'
import { listOf } from './list.ts'
import { each, type Entries } from './source.ts'

/** Threads of a dump; more is EFBIG. */
export const threadBound = 0x4_0000

export const threadEntriesOf = (dump: Dump): Entries =>
  listOf(dump, 'ThreadList', MINIDUMP_THREAD, threadBound)

/** A thread as ThreadList has it. */
export interface DumpedThread {
  readonly tid: number
  /** Of the width that its process was dumped in. */
  readonly teb: number
  /** Where the stack that the dump holds of it starts; 0 if none. */
  readonly stack: number
}

/** In the order of the dump; one that is listed twice is the first of them. */
export const threadsOf = (dump: Dump): DumpedThread[] => {
  const threads = new Map<number, DumpedThread>()
  for (const entry of each(dump.source, MINIDUMP_THREAD, threadEntriesOf(dump)))
    if (!threads.has(entry.ThreadId))
      threads.set(entry.ThreadId, {
        tid: entry.ThreadId,
        teb: entry.Teb,
        stack: entry.StackStartOfMemoryRange,
      })
  return [...threads.values()]
}
