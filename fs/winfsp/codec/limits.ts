/**
 * What the driver accepts (WinFsp inc/winfsp/fsctl.h, src/sys/volume.c), in
 * bytes where nothing else is told.
 */

/** The least buffer for requests, and the longest of them. */
export const requestSize = 16 * 1024 - 64

/** The longest response. */
export const responseSize = 16 * 1024

/** Requests and responses of a batch begin at multiples of this. */
export const alignment = 8

/** UTF-16 units of one name: MaxComponentLength as we set it. */
export const longestName = 255

/** UTF-16 units of the label: the array's length. */
export const longestLabel = 32

/** What a QueryDirectory asks for at most; Length is told with each. */
export const directorySize = 64 * 1024

/** What a DeviceControl carries at most, either way. */
export const controlSize = 4 * 1024

/** The next multiple of {@link alignment}. */
export const aligned = (size: number): number =>
  (size + alignment - 1) & -alignment
