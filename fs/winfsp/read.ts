import { fileTime } from './codec/filetime.ts'
import type { OpenWindow } from '../openwindow.ts'
import type { Asked } from './codec/request.ts'
import type { Handle } from './handle.ts'
import { addressNote, transfer } from './late.ts'
import { refuse } from './refusal.ts'
import { silent, type Serving } from './serving.ts'
import { Status } from './status.ts'

/** A piece of what a handle is a window to; now, or once it is read. */
const readWindow = (
  { machine, handles, responses }: Serving,
  request: Asked<'Read'>,
  handle: Handle,
  window: OpenWindow,
): number => {
  const { Address: address, Offset: offset, Length: size } = request.body
  const ask = { id: request.hint, offset, size, note: addressNote(address) }
  const bytes = window.read(ask, () => handles.release(handle))
  if (!bytes) return silent
  const count = transfer(bytes, { offset: 0, size }, address, machine.write)
  return responses.transferred(request, count, size)
}

/** A part of a handle's text, or window; now, or once there is one. */
export const read = (serving: Serving, request: Asked<'Read'>): number => {
  const { machine, handles, responses } = serving
  const { body, hint: id } = request
  const handle = handles.of(request)
  const { text, window } = handle
  if (window) return readWindow(serving, request, handle, window)
  if (!text) {
    const isDirectory = handle.directory !== undefined
    return refuse(
      isDirectory ? Status.InvalidDeviceRequest : Status.AccessDenied,
    )
  }
  const { Address: address, Length: size } = body
  // no text is so long that this rounds
  const offset = Number(body.Offset)
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
