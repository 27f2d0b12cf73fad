import { fileTime } from './codec/filetime.ts'
import type { Asked } from './codec/request.ts'
import { addressNote, transfer } from './late.ts'
import { refuse } from './refusal.ts'
import { silent, type Serving } from './serving.ts'
import { Status } from './status.ts'

/** A part of a handle's text; now, or once there is one. */
export const read = (
  { machine, handles, responses }: Serving,
  request: Asked<'Read'>,
): number => {
  const { body, hint: id } = request
  const handle = handles.of(request)
  const { text } = handle
  if (!text) {
    const isDirectory = handle.directory !== undefined
    return refuse(
      isDirectory ? Status.InvalidDeviceRequest : Status.AccessDenied,
    )
  }
  const { Address: address, Offset: offset, Length: size } = body
  const ask = { id, offset, size, lines: false, note: addressNote(address) }
  const now = machine.now()
  if (text.isStale(offset, now)) {
    const time = fileTime(machine.time())
    const settled = (bytes: Uint8Array | undefined): void => {
      if (bytes) {
        text.moved(ask)
        handle.time = time
      }
      handles.release(handle)
    }
    if (!text.make(ask, now, settled)) return silent
    handle.time = time
  }
  text.moved(ask)
  const count = transfer(text.bytes, ask, address, machine.write)
  return responses.transferred(request, count, size)
}
