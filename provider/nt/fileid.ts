/**
 * What GetFileInformationByHandle fills in. Source: fileapi.h. Sure for all of
 * Windows.
 */
import { layout, n64, u32 } from './layout.ts'

export const BY_HANDLE_FILE_INFORMATION = layout(0x34, {
  dwFileAttributes: [0x00, u32],
  ftCreationTime: [0x04, n64], // FILETIME
  ftLastAccessTime: [0x0c, n64],
  ftLastWriteTime: [0x14, n64],
  dwVolumeSerialNumber: [0x1c, u32],
  nFileSizeHigh: [0x20, u32],
  nFileSizeLow: [0x24, u32],
  nNumberOfLinks: [0x28, u32],
  nFileIndexHigh: [0x2c, u32], // of the file id
  nFileIndexLow: [0x30, u32],
})
