import type { Caller } from '../../provider/contract.ts'
import { Want } from '../attr.ts'
import { discerning } from '../document/index.ts'
import type { Node } from '../node.ts'
import { OpenWindow } from '../openwindow.ts'
import { fileTime } from './codec/filetime.ts'
import {
  CreateFlag,
  Disposition,
  dispositionOf,
  FileAttribute,
  Option,
} from './codec/flags.ts'
import type { Asked } from './codec/request.ts'
import { attributesOf, infoOfHandle, type Handle } from './handle.ts'
import { wayOf } from './link.ts'
import { found, pathOf, resolve, type Place, type Way } from './path.ts'
import { refuse, Refusal, statusOfThrown } from './refusal.ts'
import { asksForData, data, grantedOf } from './rights.ts'
import { silent, type Serving } from './serving.ts'
import { Status } from './status.ts'
import { Text } from './text.ts'

type Create = Asked<'Create'>

/** What would make a file, were it not there, or empty it. */
const making: ReadonlySet<number> = new Set([
  Disposition.SUPERSEDE,
  Disposition.CREATE,
  Disposition.OPEN_IF,
  Disposition.OVERWRITE,
  Disposition.OVERWRITE_IF,
])

const resolveOf = (
  { filesystem }: Serving,
  request: Create,
  caller: Caller,
): Way => {
  const { CreateOptions: options, Flags: flags } = request.body
  if (flags & CreateFlag.OpenTargetDirectory)
    return refuse(Status.MediaWriteProtected)
  const follows = !(options & Option.OPEN_REPARSE_POINT)
  const path = request.text('FileName')
  try {
    return resolve(filesystem, path, follows, caller)
  } catch (error) {
    const isAbsent = statusOfThrown(error) === Status.ObjectNameNotFound
    const makes = making.has(dispositionOf(options))
    throw isAbsent && makes ? new Refusal(Status.MediaWriteProtected) : error
  }
}

/** The path leads through a link: the driver goes on where that leads. */
const redirect = (
  { filesystem, responses }: Serving,
  request: Create,
  { node, names }: Place,
  rest: readonly string[],
  caller: Caller,
): number => {
  const isLast = rest.length === 0
  const none = isLast ? Status.ObjectNameNotFound : Status.ObjectPathNotFound
  const readlink = (): string => filesystem.readlink(node, caller, 'windows')
  const target = found(readlink, none)
  return responses.reparsed(request, wayOf(target, names.slice(0, -1), rest))
}

/** Whether what is there may be opened in such a way at all. */
const check = (
  { CreateOptions: options, Flags: flags }: Create['body'],
  attributes: number,
): void => {
  const disposition = dispositionOf(options)
  const isDirectory = (attributes & FileAttribute.DIRECTORY) !== 0
  if (disposition > Disposition.OVERWRITE_IF) refuse(Status.InvalidParameter)
  if (disposition === Disposition.CREATE) refuse(Status.ObjectNameCollision)
  if (options & Option.DIRECTORY_FILE && !isDirectory)
    refuse(Status.NotADirectory)
  if (options & Option.NON_DIRECTORY_FILE && isDirectory)
    refuse(Status.FileIsADirectory)
  if (flags & CreateFlag.HasTrailingBackslash && !isDirectory)
    refuse(Status.ObjectNameInvalid)
  if (disposition !== Disposition.OPEN && disposition !== Disposition.OPEN_IF)
    refuse(Status.MediaWriteProtected)
  if (options & Option.DELETE_ON_CLOSE) refuse(Status.CannotDelete)
}

const handleOf = (
  { node, parent, names }: Place,
  caller: Caller,
  time: bigint,
  more: Pick<Handle, 'directory' | 'text' | 'window'>,
): Handle => ({ node, parent, names, caller, time, isClosed: false, ...more })

/** Whether a text is another to another reader, or is refused to some. */
const asksWho = ({ row }: Node): boolean =>
  row.right !== 'none' || (row.kind === 'text' && discerning.has(row.document))

/** A handle of what has no bytes to be read by it. */
const textless = (
  { filesystem, machine, began }: Serving,
  place: Place,
  caller: Caller,
): Handle => {
  const { node, parent } = place
  const { kind } = node.row
  const asks = (kind === 'link' || kind === 'directory') && asksWho(node)
  const kept = asks ? machine.keep(caller.token as number) : 0
  const keeper = { ...caller, token: kept }
  if (kind !== 'directory') return handleOf(place, keeper, began, {})
  try {
    // what asks nothing is asked of whoever opens it
    const asker = asks ? keeper : caller
    const directory = filesystem.opendir(node, parent, asker)
    return handleOf(place, keeper, began, { directory })
  } catch (error) {
    machine.drop(kept)
    throw error
  }
}

/** The response; the handle's number comes back in its requests. */
const opened = (
  { responses }: Serving,
  request: Create,
  handle: Handle,
  number: number,
  granted: number,
): number =>
  responses.opened(request, {
    file: number,
    handle: number,
    granted,
    info: infoOfHandle(handle),
    name: pathOf(handle.names),
  })

/** Answered now if the text is at hand, else once it is made. */
const openedExact = (
  serving: Serving,
  request: Create,
  handle: Handle,
  text: Text,
  number: number,
  granted: number,
): number => {
  const { handles, responses, machine } = serving
  opened(serving, request, handle, number, granted)
  const note = responses.take()
  const settled = (bytes: Uint8Array | undefined): void => {
    // nobody will ever close what was not opened
    if (bytes || !handles.close(number)) handles.release(handle)
  }
  const { hint: id } = request
  const ask = { id, offset: 0, size: 0, lines: false, note }
  const made = text.make(ask, machine.now(), settled)
  return made ? responses.sized(note, made.length) : silent
}

/** Makes it a handle of its own, closed again if the response fails. */
const open = (
  serving: Serving,
  request: Create,
  handle: Handle,
  granted: number,
): number => {
  const { handles, isExact } = serving
  const { text } = handle
  const number = handles.add(handle)
  try {
    return text && isExact
      ? openedExact(serving, request, handle, text, number, granted)
      : opened(serving, request, handle, number, granted)
  } catch (error) {
    handles.close(number)
    throw error
  }
}

/**
 * Of a text or a window. The right is asked here, by whoever makes the bytes,
 * and at every later generation. Who only wants as much as there is goes without data.
 */
const openFile = (
  serving: Serving,
  request: Create,
  place: Place,
  caller: Caller,
  granted: number,
): number => {
  const { filesystem, machine } = serving
  const asks = asksWho(place.node)
  const kept = asks ? machine.keep(caller.token as number) : 0
  const keeper = { ...caller, token: kept }
  let file
  try {
    file = filesystem.open(place.node, Want.read, keeper)
  } catch (error) {
    machine.drop(kept)
    const isDenied = statusOfThrown(error) === Status.AccessDenied
    if (!isDenied || asksForData(request.body)) throw error
    const handle = textless(serving, place, caller)
    return open(serving, request, handle, granted & ~data)
  }
  const time = fileTime(machine.time())
  const more =
    file instanceof OpenWindow ? { window: file } : { text: new Text(file) }
  const handle = handleOf(place, keeper, time, more)
  return open(serving, request, handle, granted)
}

/**
 * Opens what a path leads to, for reading alone, or tells the driver of the
 * first link on it.
 */
export const create = (serving: Serving, request: Create): number => {
  const { body } = request
  const { AccessToken: token, ProcessId: pid } = body
  if (!serving.machine.admits(token)) return refuse(Status.AccessDenied)
  if (body.NamedStream !== 0) return refuse(Status.ObjectNameInvalid)
  const caller = { uid: 0, gid: 0, tid: 0, pid, token }
  const way = resolveOf(serving, request, caller)
  if (way.rest) return redirect(serving, request, way, way.rest, caller)
  check(body, attributesOf(way.node))
  const granted = grantedOf(body)
  const { kind } = way.node.row
  if ((kind === 'text' || kind === 'window') && granted & data)
    return openFile(serving, request, way, caller, granted)
  const handle = textless(serving, way, caller)
  return open(serving, request, handle, granted)
}
