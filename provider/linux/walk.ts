/** One walk of an address space, whole or not at all. */
import type { Region } from '../contract.ts'
import { codeOf, Errno } from '../errno.ts'
import { isEmpty, opened, readAll, readOnce } from './file.ts'
import { parseMaps } from './maps.ts'
import { parseStat } from './stat.ts'

/** Walks of one that changes under each of them, before EIO. */
const attempts = 8

/** Whether the task has an address space: not a zombie, no kernel thread. */
const hasMemory = (path: string): boolean =>
  Boolean(opened(`${path}/stat`, fd => parseStat(readOnce(fd)).vsize))

/** Undefined where the kernel told a region twice: walk again. */
const untorn = (text: Buffer): Region[] | undefined => {
  try {
    return parseMaps(text)
  } catch (thrown) {
    if (codeOf(thrown) === 'EAGAIN') return undefined
    throw thrown
  }
}

/**
 * The regions of the task whose directory is `path`, ascending and disjoint;
 * none for a zombie or a kernel thread.
 *
 * A descriptor of maps belongs to one address space and reads as ended when
 * that goes away, by exit or exec (fs/proc/task_mmu.c:m_start), wherever the
 * reader stood. So the text counts only if the descriptor still gives a first
 * byte afterwards. After an exec the walk begins anew; after an exit it is
 * ESRCH. The kernel reads page by page, so what changes in between may show as
 * it was or as it became, as for any reader of maps.
 */
export const walk = (path: string): Region[] => {
  let seen = false
  for (let attempt = 0; attempt < attempts; attempt++) {
    const regions = opened(`${path}/maps`, fd => {
      const text = readAll(fd)
      if (text.length === 0) return undefined
      seen = true
      return isEmpty(fd) ? undefined : untorn(text)
    })
    if (regions) return regions
    if (hasMemory(path)) continue
    if (seen) throw new Errno('ESRCH')
    return []
  }
  throw new Errno('EIO', `${path}/maps changed under ${attempts} walks`)
}
