/**
 * Streams of our own, of types that are free to take (above LastReservedStream,
 * 0xffff): what a dump of ours tells that no other stream has room for. Texts
 * are MinidumpUTF8Strings, as Crashpad's: a number of bytes, and these.
 */
import { layout, n64, u32, u64 } from '../nt/layout.ts'

/** Before the entries of both. */
export const OwnList = layout(0x10, {
  SizeOfHeader: [0x00, u32],
  SizeOfEntry: [0x04, u32],
  NumberOfEntries: [0x08, n64],
})

/** One for each entry of MemoryInfoList, in its order. */
export const OwnRegion = layout(0x28, {
  Offset: [0x00, n64], // bytes into the file
  Inode: [0x08, u64],
  Major: [0x10, u32],
  Minor: [0x14, u32],
  Access: [0x18, u32], // of provider/contract.ts
  Has: [0x1c, u32], // 1: Offset, 2: Major, Minor and Inode
  NameRva: [0x20, u32], // 0: it has none
})

/** A span that was found when the dump was made. */
export const OwnSpan = layout(0x20, {
  Start: [0x00, n64],
  End: [0x08, n64],
  Id: [0x10, u32],
  HasId: [0x14, u32], // 1 if so
  KindRva: [0x18, u32],
  WordsRva: [0x1c, u32], // parted by blanks; 0: it has none
})
