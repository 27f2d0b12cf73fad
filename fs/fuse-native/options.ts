import type { HostOptions } from '../host.ts'

/** What `mount` and mountinfo show as the source, and after `fuse.`. */
export const name = 'winprocfs'

/**
 * The mount options, as one argument to libfuse: it is not read unless it
 * starts with `-o`. direct_io is for the whole mount, since the package cannot
 * set it per file, and without it a file of size 0 reads as empty. Times of
 * keeping are for the whole mount, too, so by default nothing is kept: the
 * names of processes vanish. hard_remove: an unlink of an open file is to be
 * refused like any other, not made into a rename.
 */
export const optionsOf = ({ cache = 0 }: HostOptions): string =>
  `-o${[
    `fsname=${name}`,
    `subtype=${name}`,
    'direct_io',
    'use_ino',
    'hard_remove',
    `attr_timeout=${cache}`,
    `entry_timeout=${cache}`,
    'negative_timeout=0',
  ].join()}`
