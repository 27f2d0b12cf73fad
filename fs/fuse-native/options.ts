import type { HostOptions } from '../host.ts'

/** What the mount is called as a source, and in its type after `fuse.`. */
const name = 'winprocfs'

/**
 * The mount options, as one argument to libfuse: it is not read unless it
 * starts with `-o`. direct_io is for the whole mount, since the package cannot
 * set it per file, and without it a file of size 0 reads as empty. How long
 * the kernel may keep what it was told is one for all, too, so by default it
 * keeps nothing: the names of processes vanish. hard_remove: an unlink of an
 * open file is to be refused like any other, not made into a rename. Never
 * allow_other: the package does not tell who calls.
 */
export const optionsOf = ({ cache = 0 }: HostOptions): string =>
  `-o${[
    `fsname=${name}`,
    `subtype=${name}`,
    'noexec',
    'direct_io',
    'use_ino',
    'hard_remove',
    `attr_timeout=${cache}`,
    `entry_timeout=${cache}`,
    'negative_timeout=0',
  ].join()}`
