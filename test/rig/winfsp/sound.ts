/** Whether a request is one that the driver could have made. */
import { Kind, reqBuffer, viewOf } from './abi.ts'

/** Where requests of a kind have BUFs, besides FileName. */
const bufs: Readonly<Record<number, readonly number[]>> = {
  [Kind.Create]: [24, 60],
  [Kind.Overwrite]: [52],
  [Kind.SetEa]: [32],
  [Kind.SetVolumeInformation]: [20],
  [Kind.QueryDirectory]: [44, 48],
  [Kind.FileSystemControl]: [36],
  [Kind.DeviceControl]: [36],
  [Kind.SetSecurity]: [36],
}
const fileName = 80

/** Of a QueryDirectory. */
const pattern = 44

/** FileRenameInformation and FileRenameInformationEx: a name at 40. */
const renames: ReadonlySet<number> = new Set([10, 65])

const bufsOf = (kind: number, data: DataView): readonly number[] =>
  kind === Kind.SetInformation && renames.has(data.getUint32(32, true))
    ? [fileName, 40]
    : [fileName, ...(bufs[kind] ?? [])]

/** A text that ends in a NUL, has no other, and of a path begins so. */
const isText = (data: DataView, at: number, isPath: boolean): boolean => {
  const size = data.getUint16(at + 2, true)
  if (size === 0) return true
  if (size % 2 !== 0) return false
  const from = reqBuffer + data.getUint16(at, true)
  const units = Array.from({ length: size / 2 }, (_, unit) =>
    data.getUint16(from + 2 * unit, true),
  )
  return (
    units.indexOf(0) === units.length - 1 &&
    (!isPath || units[0] === '\\'.charCodeAt(0))
  )
}

/** Whether all that it points to lies within it, and names are names. */
export const isSound = (request: Uint8Array): boolean => {
  if (request.length < reqBuffer) return false
  const data = viewOf(request)
  const size = data.getUint16(2, true)
  if (size < reqBuffer || size > request.length) return false
  const kind = data.getUint32(4, true)
  if (kind < Kind.Create || kind > Kind.QueryStreamInformation) return false
  if (kind === Kind.Create && data.getUint16(fileName + 2, true) === 0)
    return false
  const isWithin = bufsOf(kind, data).every(at => {
    const length = data.getUint16(at + 2, true)
    return length === 0 || reqBuffer + data.getUint16(at, true) + length <= size
  })
  return (
    isWithin &&
    isText(data, fileName, true) &&
    (kind !== Kind.QueryDirectory || isText(data, pattern, false))
  )
}
