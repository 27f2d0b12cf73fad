import { Errno } from '../../../provider/errno.ts'
import { encode } from '../../../provider/text.ts'
import { ReparseTag, symlinkRelative } from './flags.ts'
import { responseSize } from './limits.ts'
import { LxSymlink, Reparse, Response, SymbolicLink } from './structures.ts'
import { getText, putText } from './utf16.ts'

/** Where a symlink leads. */
export interface Target {
  /**
   * For Windows to follow: `..\1\maps` or, answering a Create, `\1\maps` on
   * the same volume; `\??\C:\Windows` elsewhere.
   */
  readonly substitute: string
  /** For people. */
  readonly print: string
  readonly relative: boolean
}

/** ENAMETOOLONG if no response could carry it. */
const allocate = (tag: number, size: number): [Uint8Array, DataView] => {
  if (size > responseSize - Response.size) throw new Errno('ENAMETOOLONG')
  const bytes = new Uint8Array(size)
  const data = new DataView(bytes.buffer)
  const reparse = Reparse.view(data)
  reparse.ReparseTag = tag
  reparse.ReparseDataLength = size - Reparse.size
  return [bytes, data]
}

/** REPARSE_DATA_BUFFER of a link that Windows follows. */
export const symlink = ({
  substitute,
  print,
  relative,
}: Target): Uint8Array => {
  const size = SymbolicLink.size + (substitute.length + print.length) * 2
  const [bytes, data] = allocate(ReparseTag.SYMLINK, size)
  const link = SymbolicLink.view(data)
  link.SubstituteNameLength = substitute.length * 2
  link.PrintNameOffset = substitute.length * 2
  link.PrintNameLength = print.length * 2
  link.Flags = relative ? symlinkRelative : 0
  putText(data, putText(data, SymbolicLink.size, substitute), print)
  return bytes
}

/**
 * REPARSE_DATA_BUFFER of a link that only tells: WSL, Cygwin and libuv read
 * it, Windows cannot follow it.
 */
export const lxSymlink = (target: string): Uint8Array => {
  const text = encode(target)
  const size = LxSymlink.size + text.length
  const [bytes, data] = allocate(ReparseTag.LX_SYMLINK, size)
  LxSymlink.view(data).Version = 2
  bytes.set(text, LxSymlink.size)
  return bytes
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength)

/** The tag of a link's data as made here. */
export const tagOf = (link: Uint8Array): number =>
  Reparse.view(viewOf(link)).ReparseTag

/** The substitute name of a symlink's data as made here. */
export const substituteOf = (link: Uint8Array): string => {
  const data = viewOf(link)
  const { SubstituteNameLength: length } = SymbolicLink.view(data)
  return getText(data, SymbolicLink.size, SymbolicLink.size + length)
}
