import { root } from '../lookup.ts'
import { DirectoryFlag } from './codec/flags.ts'
import { markerOf } from './codec/listing.ts'
import type { Asked } from './codec/request.ts'
import { infoOf, type Handle } from './handle.ts'
import { enter } from './path.ts'
import { refuse, statusOfThrown } from './refusal.ts'
import type { Serving } from './serving.ts'
import { Status } from './status.ts'

/** Whether the listing ends: the one name is there, or not. */
const listOne = (
  { filesystem, listing, began }: Serving,
  handle: Handle,
  name: string,
  marker: number,
): boolean => {
  if (marker !== 0) return true
  try {
    const { caller } = handle
    const place = enter(filesystem, handle, name, caller, Status.NoSuchFile)
    listing.add(place.names.at(-1) as string, infoOf(place.node, began), 1)
  } catch (error) {
    if (statusOfThrown(error) !== Status.NoSuchFile) throw error
  }
  return true
}

/**
 * The names are frozen when a listing begins, and a marker is a place among
 * them: that a process has gone since does not matter.
 */
const listAll = (
  { listing, began }: Serving,
  { directory, node }: Handle,
  marker: number,
): boolean => {
  let next = marker
  for (const entry of directory?.from(marker) ?? []) {
    next++
    if (node === root && /^\.{1,2}$/.test(entry.name)) continue
    if (!listing.add(entry.name, infoOf(entry.of, began), next)) return false
  }
  return true
}

/** The entries of a directory from a marker on that fit, or one by its name. */
export const list = (
  serving: Serving,
  request: Asked<'QueryDirectory'>,
): number => {
  const { machine, handles, listing, responses } = serving
  const { body } = request
  const handle = handles.of(request)
  if (!handle.directory) return refuse(Status.InvalidParameter)
  const marker = markerOf(request.bytes('Marker'))
  listing.start(body.Length)
  const isOne = (body.Flags & DirectoryFlag.PatternIsFileName) !== 0
  const isEnd = isOne
    ? listOne(serving, handle, request.text('Pattern'), marker)
    : listAll(serving, handle, marker)
  if (isEnd) listing.end()
  const { bytes } = listing
  if (bytes.length > 0) {
    if (body.Address === 0n) return refuse(Status.InvalidParameter)
    machine.write(body.Address, bytes)
  }
  return responses.transferred(request, bytes.length, body.Length)
}
