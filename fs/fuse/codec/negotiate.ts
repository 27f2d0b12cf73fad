import { Errno } from '../../../provider/errno.ts'
import type { View } from '../../../provider/nt/layout.ts'
import { Init, Version } from './flags.ts'
import type { InitIn, InitOut } from './structures.ts'

/** What is asked of a kernel that has it. */
const wanted =
  Init.ASYNC_READ |
  Init.ATOMIC_O_TRUNC |
  Init.DO_READDIRPLUS |
  Init.READDIRPLUS_AUTO |
  Init.PARALLEL_DIROPS |
  Init.ABORT_ERROR |
  Init.MAX_PAGES

/** Bytes of a page, which max_pages counts. */
const page = 4096

/**
 * The answer to INIT. `largest` is the most that one READ may ask for, in
 * bytes. A kernel of a later major version gets ours, and asks again; one
 * that is older than we can speak with is refused: ENODEV.
 */
export const negotiate = (
  theirs: View<typeof InitIn.fields>,
  largest: number,
): Partial<View<typeof InitOut.fields>> => {
  const { major, minor } = theirs
  if (major > Version.major) return { major: Version.major }
  if (major < Version.major || minor < Version.least) {
    throw new Errno(
      'ENODEV',
      `the kernel speaks FUSE ${major}.${minor}: ` +
        `${Version.major}.${Version.least} (Linux 5.4) or later is needed`,
    )
  }
  return {
    major,
    minor: Math.min(minor, Version.minor),
    max_readahead: theirs.max_readahead,
    flags: (theirs.flags & wanted) >>> 0,
    // requests of a listing or a read-ahead that may be under way at once
    max_background: 64,
    congestion_threshold: 48,
    max_write: page,
    time_gran: 1,
    max_pages: Math.ceil(largest / page),
  }
}
