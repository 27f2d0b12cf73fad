import type { View } from '../../../provider/nt/layout.ts'
import type { FileInfo } from './structures.ts'

/** What the driver is told of a file. */
export interface Info {
  /** A sum of FileAttribute. */
  readonly attributes: number
  /** ReparseTag, of a link. */
  readonly tag?: number | undefined
  /** Bytes. */
  readonly size: number
  /** The file's id, stable and not 0. */
  readonly index: bigint
  /** FILETIME of its making and its last read and change. */
  readonly time: bigint
}

/** Bytes of a sector and of what is allocated at once, as programs see them. */
export const sectorSize = 512
export const allocationUnit = 4096

/** What the file takes, were it on a disk: never less than its size. */
export const allocationOf = (size: number): number =>
  Math.ceil(size / allocationUnit) * allocationUnit

export const putInfo = (
  to: View<typeof FileInfo.fields>,
  { attributes, tag, size, index, time }: Info,
): void => {
  to.FileAttributes = attributes
  to.ReparseTag = tag ?? 0
  to.AllocationSize = allocationOf(size)
  to.FileSize = size
  to.CreationTime = time
  to.LastAccessTime = time
  to.LastWriteTime = time
  to.ChangeTime = time
  to.IndexNumber = index
  to.HardLinks = 0
  to.EaSize = 0
}
