/**
 * What the driver would make of a response that it should not: its own rules,
 * by its own numbers, of the request's bytes and not of what was made of them.
 */
import { Kind, Status, rspBuffer, viewOf } from './abi.ts'
import { isSound } from './sound.ts'

const mostSize = 16_384

/** The most bytes after the structure. */
const mostData = mostSize - rspBuffer

/** Where responses of a kind have BUFs, of success. */
const bufs: Readonly<Record<number, readonly number[]>> = {
  [Kind.QueryEa]: [24],
  [Kind.SetEa]: [96],
  [Kind.FileSystemControl]: [24],
  [Kind.DeviceControl]: [24],
  [Kind.QuerySecurity]: [24],
  [Kind.QueryStreamInformation]: [24],
}

/** Where a request says how many bytes it has room for. */
const lengths: Readonly<Record<number, number>> = {
  [Kind.Read]: 48,
  [Kind.QueryDirectory]: 40,
}

/** Bytes that a BUF at `at` says there are after the structure. */
const heldAt = (data: DataView, at: number): number => {
  const size = data.getUint16(at + 2, true)
  return size === 0 ? 0 : data.getUint16(at, true) + size
}

const successFault = (request: DataView, data: DataView): string => {
  const kind = request.getUint32(4, true)
  const size = data.byteLength
  const isReparse = data.getInt32(20, true) === Status.reparse
  if (isReparse && kind !== Kind.Create) return 'a link on the way of no Create'
  const length = lengths[kind]
  if (length !== undefined) {
    if (size > rspBuffer) return 'bytes that nobody reads'
    return data.getUint32(16, true) <= request.getUint32(length, true)
      ? ''
      : 'more than asked for'
  }
  const at = kind === Kind.Create ? [isReparse ? 24 : 120] : (bufs[kind] ?? [])
  const held = Math.max(0, ...at.map(offset => heldAt(data, offset)))
  if (held > mostData || rspBuffer + held > size) return 'a BUF leads beyond'
  if (size >= rspBuffer + held + 8) return 'bytes that nobody reads'
  return kind !== Kind.DeviceControl || held <= request.getUint32(40, true)
    ? ''
    : 'too much for a control'
}

/** Which rule is broken by a response to a request, '' for none. */
export const faultOf = (response: Uint8Array, request: Uint8Array): string => {
  if (response.length < rspBuffer || response.length > mostSize)
    return `${response.length} bytes`
  const data = viewOf(response)
  const asked = viewOf(request)
  if (data.getUint16(0, true) !== 0) return 'a Version'
  const size = data.getUint16(2, true)
  if (size !== response.length || size % 8 !== 0) return `size ${size}`
  if (data.getUint32(4, true) !== asked.getUint32(4, true))
    return 'another kind'
  if (data.getBigUint64(8, true) !== asked.getBigUint64(8, true))
    return 'another hint'
  const status = data.getUint32(20, true)
  if (status === Status.success || status === Status.reparse)
    return isSound(request)
      ? successFault(asked, data)
      : 'success of what makes no sense'
  if (status >>> 16 !== 0xc000) return `status ${status.toString(16)}`
  if (data.getUint32(16, true) !== 0) return 'a failure with Information'
  return size === rspBuffer ? '' : 'a failure with data'
}
