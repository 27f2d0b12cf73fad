/** The protocol that is spoken here, and the least a kernel must speak. */
export const Version = {
  major: 7,
  /** Linux 6.18. */
  minor: 45,
  /** Linux 5.4. All structures here have had their sizes since 7.23. */
  least: 31,
} as const

/** Node id of the root: FUSE_ROOT_ID. */
export const rootId = 1

/** The least buffer that read(2) takes: FUSE_MIN_READ_BUFFER. */
export const leastRead = 8192

/** Bits of init_in.flags and init_out.flags: FUSE_…. */
export const Init = {
  ASYNC_READ: 0x1,
  /** OPEN comes with O_TRUNC, and no SETATTR before it. */
  ATOMIC_O_TRUNC: 0x8,
  DO_READDIRPLUS: 0x2000,
  /** READDIRPLUS for a listing's start, and where lookups follow. */
  READDIRPLUS_AUTO: 0x4000,
  ASYNC_DIO: 0x8000,
  /** LOOKUP and READDIR of one directory may come side by side. */
  PARALLEL_DIROPS: 0x4_0000,
  /** After an abort read(2) says ECONNABORTED; ENODEV means unmounted. */
  ABORT_ERROR: 0x20_0000,
  MAX_PAGES: 0x40_0000,
} as const

/** Bits of open_out.open_flags: FOPEN_…. */
export const Fopen = {
  /** Reads go past the page cache, and past a size of 0. */
  DIRECT_IO: 0x1,
  KEEP_CACHE: 0x2,
  NONSEEKABLE: 0x4,
  CACHE_DIR: 0x8,
  STREAM: 0x10,
  /** No FLUSH at close (7.35). */
  NOFLUSH: 0x20,
} as const

/** Bit of getattr_in.getattr_flags: FUSE_GETATTR_FH. */
export const getattrFh = 0x1
