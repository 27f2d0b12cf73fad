import {
  MINIDUMP_THREAD_INFO,
  MINIDUMP_THREAD_INFO_INVALID_INFO,
  MINIDUMP_THREAD_INFO_LIST,
  MINIDUMP_THREAD_NAME,
} from '../nt/minidumpthread.ts'
import type { Dump } from './directory.ts'
import { headOf, listOf, sizedListOf } from './list.ts'
import { each } from './source.ts'
import { stringsOf } from './strings.ts'
import { threadBound } from './threads.ts'

/** What ThreadInfoList tells of a thread. */
export interface ThreadInfo {
  /** FILETIME: 100 ns since 1601. */
  readonly created: bigint
  /** Likewise; 0 of one that runs. */
  readonly exited: bigint
  /** In units of 100 ns. */
  readonly kernel: number
  readonly user: number
}

/**
 * By thread id, the first of several; none where the stream is not there. One
 * of which the writer could not tell these is left out.
 */
export const threadInfosOf = (dump: Dump): ReadonlyMap<number, ThreadInfo> => {
  const infos = new Map<number, ThreadInfo>()
  if (!dump.places.has('ThreadInfoList')) return infos
  const list = sizedListOf(
    dump,
    'ThreadInfoList',
    MINIDUMP_THREAD_INFO_LIST,
    headOf,
    MINIDUMP_THREAD_INFO,
    threadBound,
  )
  for (const info of each(dump.source, MINIDUMP_THREAD_INFO, list)) {
    if (info.DumpFlags & MINIDUMP_THREAD_INFO_INVALID_INFO) continue
    if (infos.has(info.ThreadId)) continue
    infos.set(info.ThreadId, {
      created: info.CreateTime,
      exited: info.ExitTime,
      kernel: info.KernelTime,
      user: info.UserTime,
    })
  }
  return infos
}

/**
 * Names by thread id, the first of several; none where the stream is not
 * there. One that is not in the file is EIO, as that of a module.
 */
export const threadNamesOf = (dump: Dump): ReadonlyMap<number, string> => {
  const names = new Map<number, string>()
  if (!dump.places.has('ThreadNames')) return names
  const { source } = dump
  const nameAt = stringsOf(source, 'ThreadNames')
  const list = listOf(dump, 'ThreadNames', MINIDUMP_THREAD_NAME, threadBound)
  for (const entry of each(source, MINIDUMP_THREAD_NAME, list))
    if (!names.has(entry.ThreadId))
      names.set(entry.ThreadId, nameAt(entry.RvaOfThreadName))
  return names
}
