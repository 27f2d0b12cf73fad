/**
 * What more the driver asks of what a drive says, and what its programs would
 * see: the rules of driver/check.c, for tests without that driver.
 */
import {
  CreateReq,
  FileInfo,
  HandleReq,
  Kind,
  LinkData,
  Rsp,
  Status,
  VolumeInfo,
  getReparsePoint,
  narrow,
  reqBuffer,
  rspBuffer,
  tagSymlink,
  viewOf,
} from './abi.ts'
import type { Reply } from './driver.ts'
import { bytesOf, entriesOf, infoAt, linkOf, nameOf } from './responses.ts'
import { isSound } from './sound.ts'

/** The texts of what does not hold, of which the first is told. */
type Claims = readonly (readonly [boolean, string])[]

const first = (claims: Claims): string =>
  claims.find(([isWrong]) => isWrong)?.[1] ?? ''

const directory = 0x10
const link = 0x400

/** None, or after 1970 and before 2200. */
const isTime = (time: bigint): boolean =>
  time === 0n || (time >= 116_444_736_000_000_000n && time < 189n * 10n ** 15n)

const infoFault = (bytes: Uint8Array, at: number): string => {
  const info = FileInfo.view(viewOf(bytes), at)
  const attributes = info.FileAttributes
  const times = [
    info.CreationTime,
    info.LastAccessTime,
    info.LastWriteTime,
    info.ChangeTime,
  ]
  return first([
    [attributes === 0 || attributes > 0xffff, 'attributes: none or unknown'],
    [
      ((attributes & link) !== 0) !== (info.ReparseTag !== 0),
      'a tag of no link',
    ],
    [info.AllocationSize < info.FileSize, 'AllocationSize below FileSize'],
    [info.AllocationSize > 1n << 40n, 'AllocationSize out of this world'],
    [!times.every(isTime), 'a time out of this world'],
    [info.IndexNumber === 0n, 'IndexNumber 0'],
    [info.EaSize !== 0, 'EaSize'],
  ])
}

/** A name of the request, without its NUL. */
const textOf = (request: Uint8Array, offset: number, size: number): string =>
  narrow(
    request.subarray(reqBuffer + offset).subarray(0, Math.max(0, size - 2)),
  )

/** FileName, of any kind. */
const pathOf = (request: Uint8Array): string => {
  const { FileNameOffset, FileNameSize } = HandleReq.view(viewOf(request))
  return textOf(request, FileNameOffset, FileNameSize)
}

const isSame = (one: string, other: string): boolean =>
  one.toUpperCase() === other.toUpperCase()

/** REPARSE_DATA_BUFFER */
const linkFault = (data: Uint8Array): string => {
  if (data.length < 8) return 'a link that is cut'
  const head = viewOf(data)
  if (head.getUint16(4, true) + 8 !== data.length) return 'ReparseDataLength'
  if (head.getUint32(0, true) !== tagSymlink) return ''
  if (data.length < LinkData.size) return 'a symlink that is cut'
  const view = LinkData.view(head)
  const ends = [
    view.SubstituteNameOffset + view.SubstituteNameLength,
    view.PrintNameOffset + view.PrintNameLength,
  ]
  return first([
    [ends.some(end => LinkData.size + end > data.length), 'a path beyond it'],
    [ends.some(end => end % 2 !== 0), 'an odd path'],
    [view.SubstituteNameLength === 0, 'a link to nothing'],
    [view.Flags > 1, 'flags of a link'],
  ])
}

/** `\??\C:\Windows`, and nothing that means more than a path on a drive. */
const onDrive =
  /^\\\?\?\\[A-Za-z]:\\(?!.*(?:^|\\)\.{1,2}(?:\\|$))(?!.*[/:*?"<>|]|.*\p{Cc})/su

/** Names that links lead through on the volume: pids, `self`, `thread-self`. */
const within = /^(?:\\?[\w-]+)+$/

/** Less what of the request's path comes after the link. */
const withoutRest = (target: string, path: string): string => {
  const names = target.split('\\')
  const asked = path.split('\\')
  while (names.length > 1 && names.at(-1) === asked.pop()) names.pop()
  return names.join('\\')
}

/**
 * Only on this volume, and on drives, does anything lead anywhere; what comes
 * after the link on the way is as the request has it, whose owner could as
 * well have asked for that.
 */
const leadFault = (request: Uint8Array, data: Uint8Array): string => {
  const wrong = linkFault(data)
  if (wrong) return wrong
  const { tag, target, isRelative } = linkOf(data)
  if (tag !== tagSymlink) return ''
  const led = withoutRest(target, pathOf(request))
  const isHarmless = isRelative ? within.test(led) : onDrive.test(`${led}\\`)
  return isHarmless ? '' : `a link to ${target}`
}

/** The driver puts its volume before a relative one: it starts at the root. */
const wayFault = (
  request: Uint8Array,
  data: Uint8Array,
  information: number,
): string => {
  const wrong = leadFault(request, data)
  if (wrong) return wrong
  const { tag, target, isRelative } = linkOf(data)
  return first([
    [tag !== information, 'Information, no tag'],
    [isRelative && !/^\\[^\\]/.test(target), `a link to ${target}`],
  ])
}

const writing = 0x2 | 0x4 | 0x10 | 0x40 | 0x100 | 0xd_0000
const maximum = 0x200_0000

const grantFault = (granted: number, desired: number, before: number): string =>
  first([
    [(granted & 0xf200_0000) !== 0, 'generic rights'],
    [(granted & writing) !== 0, `a right to write: ${granted}`],
    [
      !(desired & maximum) && (granted & ~(desired | before)) !== 0,
      'granted more than was asked',
    ],
    [
      !(desired & maximum) && (desired & 0x1f_ffff & ~granted) !== 0,
      'granted less than was asked',
    ],
  ])

const openedFault = (
  request: Uint8Array,
  response: Uint8Array,
  information: number,
): string => {
  const asked = CreateReq.view(viewOf(request))
  const rsp = Rsp.view(viewOf(response))
  const info = FileInfo.view(viewOf(response), infoAt.create)
  const isDirectory = (info.FileAttributes & directory) !== 0
  const path = pathOf(request)
  const disposition = asked.CreateOptions >>> 24
  return (
    infoFault(response, infoAt.create) ||
    first([
      [information !== 1, 'not opened, but something else'],
      [disposition !== 1 && disposition !== 3, 'made, or emptied'],
      [(asked.CreateOptions & 0x1) !== 0 && !isDirectory, 'no directory'],
      [(asked.CreateOptions & 0x40) !== 0 && isDirectory, 'a directory'],
      [(asked.CreateOptions & 0x1000) !== 0, 'to be deleted'],
      [(asked.Flags & 0x40) !== 0 && !isDirectory, 'a backslash at its end'],
      [rsp.UserContext === 0n && rsp.UserContext2 === 0n, 'no context'],
      [
        !isSame(
          nameOf(response),
          `\\${path.split('\\').filter(Boolean).join('\\')}`,
        ),
        'another name',
      ],
    ]) ||
    grantFault(rsp.GrantedAccess, asked.DesiredAccess, asked.GrantedAccess)
  )
}

/** No text here has such a byte: buffers are filled with it. */
export const unwritten = 0xaa

const readFault = (request: Uint8Array, data: Uint8Array): string =>
  first([
    [
      data.length === 0 && HandleReq.view(viewOf(request)).Length > 0,
      'nothing read, and no end of the file',
    ],
    [data.includes(unwritten), 'bytes that were not written'],
  ])

const listFault = (request: Uint8Array, data: Uint8Array): string => {
  const view = viewOf(data)
  let end = 0
  while (end + 2 <= data.length && view.getUint16(end, true) !== 0) {
    const size = view.getUint16(end, true)
    if (size <= 104 || size > 104 + 510 || size % 2 !== 0)
      return `an entry of ${size} bytes`
    if (end + size > data.length) return 'an entry that is cut'
    const wrong = infoFault(data, end + 8)
    if (wrong) return wrong
    end += (size + 7) & ~7
  }
  if (end < data.length && end + 2 !== data.length) return 'more after the end'
  const { entries } = entriesOf(data)
  const asked = HandleReq.view(viewOf(request))
  const pattern = textOf(request, asked.PatternOffset, asked.PatternSize)
  const isOne = (asked.DirectoryFlags & 2) !== 0
  const names = entries.map(({ name }) => name)
  const from =
    asked.MarkerSize < 8
      ? 0n
      : viewOf(request).getBigUint64(reqBuffer + asked.MarkerOffset, true)
  const before = [from, ...entries.map(({ next }) => next)]
  return first([
    [asked.MarkerSize !== 0 && asked.MarkerSize !== 10, 'a marker of no such'],
    [new Set(names).size < names.length, 'an entry twice'],
    [names.some(name => /[\\/:*?"<>|]|\p{Cc}/u.test(name)), 'no name'],
    [isOne && names.some(name => !isSame(name, pattern)), 'another entry'],
    [
      !isOne && entries.some(({ next }, at) => next <= (before[at] as bigint)),
      'a marker out of order',
    ],
  ])
}

const descriptorFault = (data: Uint8Array): string =>
  data.length >= 20 && data[0] === 1 && (data[3] as number) & 0x80
    ? ''
    : 'no descriptor'

const volumeFault = (response: Uint8Array): string => {
  const info = VolumeInfo.view(viewOf(response), 24)
  return first([
    [info.VolumeLabelLength > 64, 'a long label'],
    [info.FreeSize > info.TotalSize, 'more free than there is'],
  ])
}

/** What cannot fail, unless it makes no sense. */
const isLast = (kind: number, request: Uint8Array): boolean =>
  (kind === Kind.Cleanup || kind === Kind.Close) &&
  isSound(request) &&
  HandleReq.view(viewOf(request)).FileNameSize === 0

/** Which rule is broken by what a drive that cannot be written to did. */
export const ruleOf = (
  { response, status, information, data }: Reply,
  request: Uint8Array,
): string => {
  const kind = viewOf(request).getUint32(4, true)
  if (status === Status.reparse)
    return wayFault(request, bytesOf(response), information)
  if (status !== Status.success)
    return isLast(kind, request) ? 'nothing can be done about it' : ''
  switch (kind) {
    case Kind.Create:
      return openedFault(request, response, information)
    case Kind.Read:
      return readFault(request, data)
    case Kind.QueryDirectory:
      return listFault(request, data)
    case Kind.QueryInformation:
    case Kind.FlushBuffers:
      return infoFault(response, infoAt.other)
    case Kind.QueryVolumeInformation:
      return volumeFault(response)
    case Kind.QuerySecurity:
      return descriptorFault(bytesOf(response))
    case Kind.FileSystemControl:
      return HandleReq.view(viewOf(request)).FsControlCode === getReparsePoint
        ? leadFault(request, bytesOf(response))
        : 'a control that is none'
    case Kind.Cleanup:
    case Kind.Close:
    case Kind.Shutdown:
      return response.length === rspBuffer && information === 0
        ? ''
        : 'told where nothing is asked'
    default:
      return 'done, on a drive that nobody can write to'
  }
}
