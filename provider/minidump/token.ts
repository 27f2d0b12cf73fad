import {
  MINIDUMP_TOKEN_INFO_HEADER,
  MINIDUMP_TOKEN_INFO_LIST,
  MINIDUMP_TOKEN_PRIMARY_GROUP,
} from '../nt/minidumpprocess.ts'
import { sidOf, type Sid } from '../nt/sid.ts'
import { placeOf, type Dump } from './directory.ts'
import { malformed, structureAt, viewAt } from './source.ts'

/** Bytes of all tokens that are read; in more, none is looked for. */
const most = 1 << 20

/** The process's own token, what of it is there. */
export interface Token {
  readonly session?: number
  readonly user?: Sid
  /** The primary group. */
  readonly group?: Sid
}

/**
 * The token of `pid`; undefined where the stream is not there or has none.
 * What minidumpapiset.h does not tell of its form was seen in dumps that
 * Windows 7 wrote: a part that is not where it was there is left out, and so
 * are groups and privileges. EIO for sizes that contradict each other.
 */
export const tokenOf = (dump: Dump, pid: number): Token | undefined => {
  if (!dump.places.has('Token')) return undefined
  const { source } = dump
  const { at, size } = placeOf(dump, 'Token', MINIDUMP_TOKEN_INFO_LIST.size)
  const head = structureAt(source, MINIDUMP_TOKEN_INFO_LIST, at)
  const whole = viewAt(source, at, Math.min(size, most))
  const least = MINIDUMP_TOKEN_INFO_HEADER.size
  let next = head.ListHeaderSize
  for (let count = head.TokenListEntries; count > 0; count--) {
    if (next + least > whole.byteLength) break
    const token = MINIDUMP_TOKEN_INFO_HEADER.view(whole, next)
    if (token.TokenSize < least || next + token.TokenSize > size)
      throw malformed(source, `Token: one of ${token.TokenSize} bytes`)
    if (token.TokenId === pid) return partsOf(whole, next)
    next += token.TokenSize
  }
  return undefined
}

const partsOf = (whole: DataView, at: number): Token => {
  const token = MINIDUMP_TOKEN_INFO_HEADER.view(whole, at)
  const end = Math.min(at + token.TokenSize, whole.byteLength)
  const part = (from: number, size: number): Uint8Array =>
    new Uint8Array(
      whole.buffer.slice(
        Math.min(at + from, end),
        Math.min(at + from + size, end),
      ) as ArrayBuffer,
    )
  const user = sidOf(part(token.UserAt + 8, token.UserSize - 8))
  const session = part(token.SessionAt, token.SessionSize)
  const { PrimaryGroupAt, PrimaryGroupSize } =
    at + MINIDUMP_TOKEN_PRIMARY_GROUP.size <= end
      ? MINIDUMP_TOKEN_PRIMARY_GROUP.view(whole, at)
      : { PrimaryGroupAt: 0, PrimaryGroupSize: 4 }
  const group = sidOf(part(PrimaryGroupAt + 4, PrimaryGroupSize - 4))
  return {
    ...(session.length === 4 && {
      session: new DataView(session.buffer).getUint32(0, true),
    }),
    ...(user && { user }),
    ...(group && { group }),
  }
}
