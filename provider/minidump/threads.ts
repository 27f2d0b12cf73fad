import { MINIDUMP_THREAD } from '../nt/minidump.ts'
import type { Dump } from './directory.ts'
import { listOf } from './list.ts'
import { each, type Entries } from './source.ts'

/** Threads of a dump; more is EFBIG. */
export const threadBound = 0x4_0000

export const threadsOf = (dump: Dump): Entries =>
  listOf(dump, 'ThreadList', MINIDUMP_THREAD, threadBound)

/** A thread as ThreadList has it. */
export interface Thread {
  readonly tid: number
  readonly teb: number
  /** Where the stack that the dump holds of it starts; 0 if none. */
  readonly stack: number
}

/** In the order of the dump; one that is listed twice is the first of them. */
export const threadListOf = (dump: Dump): Thread[] => {
  const threads = new Map<number, Thread>()
  for (const entry of each(dump.source, MINIDUMP_THREAD, threadsOf(dump)))
    if (!threads.has(entry.ThreadId))
      threads.set(entry.ThreadId, {
        tid: entry.ThreadId,
        teb: entry.Teb,
        stack: entry.StackStartOfMemoryRange,
      })
  return [...threads.values()]
}
