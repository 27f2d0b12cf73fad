import { i32, layout, n64, u16, u32, u64 } from '../../../provider/nt/layout.ts'

/**
 * The structures of /dev/fuse, as in include/uapi/linux/fuse.h, and by its
 * names: `fuse_in_header` is InHeader. All are little-endian here, as all
 * machines are that node runs Linux on but s390x, and the same in 32 and 64
 * bits. Those of requests that are only ever refused are left out: the opcode
 * tells.
 *
 * `unique`, and the inode numbers that a reader sees, take all 64 bits. Node
 * ids and file handles are numbers that we issue, counting up.
 *
 * A structure inside another stands as the offset of its first field.
 */

/** What every request begins with. */
export const InHeader = layout(0x28, {
  len: [0x00, u32], // bytes, of all the request
  opcode: [0x04, u32], // opcodes.ts
  unique: [0x08, u64], // the request's own number, even
  nodeid: [0x10, n64],
  uid: [0x18, u32], // fsuid of the caller
  gid: [0x1c, u32], // fsgid of the caller
  pid: [0x20, u32], // thread id; 0: none, or in a foreign pid namespace
  total_extlen: [0x24, u16], // 8 bytes each; 7.38
})

/** What every reply begins with. */
export const OutHeader = layout(0x10, {
  len: [0x00, u32], // bytes, of all the reply
  error: [0x04, i32], // 0 or -errno
  unique: [0x08, u64], // the request's
})

/** Ends at 0x10 before 7.36; what follows is not asked for here. */
export const InitIn = layout(0x10, {
  major: [0x00, u32],
  minor: [0x04, u32],
  max_readahead: [0x08, u32], // bytes
  flags: [0x0c, u32], // Init
})

export const InitOut = layout(0x40, {
  major: [0x00, u32],
  minor: [0x04, u32],
  max_readahead: [0x08, u32], // bytes
  flags: [0x0c, u32], // Init, some of the request's
  max_background: [0x10, u16], // requests
  congestion_threshold: [0x12, u16], // requests
  max_write: [0x14, u32], // bytes, 4096 at least
  time_gran: [0x18, u32], // ns
  max_pages: [0x1c, u16], // of one request; with Init.MAX_PAGES
  map_alignment: [0x1e, u16],
  flags2: [0x20, u32], // upper half of the flags; with Init.INIT_EXT
})

export const Attr = layout(0x58, {
  ino: [0x00, u64],
  size: [0x08, n64], // bytes
  blocks: [0x10, n64], // 512 bytes each
  atime: [0x18, n64], // s
  mtime: [0x20, n64], // s
  ctime: [0x28, n64], // s
  atimensec: [0x30, u32],
  mtimensec: [0x34, u32],
  ctimensec: [0x38, u32],
  mode: [0x3c, u32], // S_IFMT and permissions
  nlink: [0x40, u32],
  uid: [0x44, u32],
  gid: [0x48, u32],
  rdev: [0x4c, u32],
  blksize: [0x50, u32], // bytes, a power of two
  flags: [0x54, u32],
})

export const EntryOut = layout(0x80, {
  nodeid: [0x00, n64], // 0: there is none (LOOKUP), none told (READDIRPLUS)
  generation: [0x08, n64],
  entry_valid: [0x10, n64], // s that the name may be cached
  attr_valid: [0x18, n64], // s that the attributes may be cached
  entry_valid_nsec: [0x20, u32],
  attr_valid_nsec: [0x24, u32],
  attr: [0x28, u64], // Attr
})

export const AttrOut = layout(0x68, {
  attr_valid: [0x00, n64], // s
  attr_valid_nsec: [0x08, u32],
  attr: [0x10, u64], // Attr
})

export const GetattrIn = layout(0x10, {
  getattr_flags: [0x00, u32], // 1: fh is set
  fh: [0x08, n64],
})

export const SetattrIn = layout(0x58, {
  valid: [0x00, u32], // FATTR_…: 1 mode, 2 uid, 4 gid, 8 size, …
  fh: [0x08, n64],
  size: [0x10, n64],
  mode: [0x44, u32],
  uid: [0x4c, u32],
  gid: [0x50, u32],
})

export const ForgetIn = layout(0x08, {
  nlookup: [0x00, n64], // how many of the lookups are given back
})

/** `count` times ForgetOne follow. */
export const BatchForgetIn = layout(0x08, {
  count: [0x00, u32],
})

export const ForgetOne = layout(0x10, {
  nodeid: [0x00, n64],
  nlookup: [0x08, n64],
})

/** OPEN and OPENDIR. */
export const OpenIn = layout(0x08, {
  flags: [0x00, u32], // O_…, without O_CREAT, O_EXCL, O_NOCTTY
  open_flags: [0x04, u32],
})

export const OpenOut = layout(0x10, {
  fh: [0x00, n64],
  open_flags: [0x08, u32], // Fopen
})

/** READ, READDIR and READDIRPLUS. */
export const ReadIn = layout(0x28, {
  fh: [0x00, n64],
  offset: [0x08, u64], // bytes; of a listing: the last entry's `off`
  size: [0x10, u32], // bytes
  read_flags: [0x14, u32],
  lock_owner: [0x18, u64],
  flags: [0x20, u32], // O_…
})

export const WriteIn = layout(0x28, {
  fh: [0x00, n64],
  offset: [0x08, n64], // bytes
  size: [0x10, u32], // bytes, which follow
  write_flags: [0x14, u32],
  lock_owner: [0x18, u64],
  flags: [0x20, u32], // O_…
})

/** RELEASE and RELEASEDIR. */
export const ReleaseIn = layout(0x18, {
  fh: [0x00, n64],
  flags: [0x08, u32], // O_…
  release_flags: [0x0c, u32],
  lock_owner: [0x10, u64],
})

export const FlushIn = layout(0x18, {
  fh: [0x00, n64],
  lock_owner: [0x10, u64],
})

export const AccessIn = layout(0x08, {
  mask: [0x00, u32], // as in access(2): 4 read, 2 write, 1 execute, 0 exists
})

/** GETXATTR and LISTXATTR. */
export const GetxattrIn = layout(0x08, {
  size: [0x00, u32], // bytes of the reader's buffer; 0 asks for the length
})

export const InterruptIn = layout(0x08, {
  unique: [0x00, u64], // of the request to be interrupted
})

/** struct fuse_statfs_out is one struct fuse_kstatfs. */
export const StatfsOut = layout(0x50, {
  blocks: [0x00, n64], // frsize bytes each
  bfree: [0x08, n64],
  bavail: [0x10, n64],
  files: [0x18, n64],
  ffree: [0x20, n64],
  bsize: [0x28, u32], // bytes
  namelen: [0x2c, u32], // bytes of the longest name
  frsize: [0x30, u32], // bytes
})

/** `namelen` bytes of name follow, then 0 to 7 until 8-byte aligned. */
export const Dirent = layout(0x18, {
  ino: [0x00, u64],
  off: [0x08, n64], // where a listing goes on after this entry; not 0
  namelen: [0x10, u32], // bytes
  type: [0x14, u32], // DT_…: S_IFMT >> 12
})

export const Direntplus = layout(0x98, {
  entry_out: [0x00, u64], // EntryOut
  dirent: [0x80, u64], // Dirent
})
