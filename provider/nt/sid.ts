/** A user or a group of Windows (SID, winnt.h), as bytes and as an id. */

/** IdentifierAuthority and subauthorities. */
export interface Sid {
  readonly authority: number
  readonly parts: readonly number[]
}

/** SID_MAX_SUB_AUTHORITIES */
const most = 15

/**
 * The SID at the start of the bytes: Revision, SubAuthorityCount, six bytes of
 * authority (big-endian), the parts. Undefined for what is none.
 */
export const sidOf = (bytes: Uint8Array): Sid | undefined => {
  const [revision, count = 0] = bytes
  const size = 8 + 4 * count
  if (revision !== 1 || count > most || bytes.length < size) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, size)
  return {
    authority: view.getUint16(2) * 0x1_0000_0000 + view.getUint32(4),
    parts: Array.from({ length: count }, (_, at) =>
      view.getUint32(8 + 4 * at, true),
    ),
  }
}

/** `S-1-5-21-…-1001` */
export const spellSid = ({ authority, parts }: Sid): string =>
  ['S-1', authority, ...parts].join('-')

const ntAuthority = 5
/** SECURITY_NT_NON_UNIQUE: of a machine or a domain. */
const nonUnique = 21
/** SECURITY_BUILTIN_DOMAIN_RID */
const builtin = 32
/** SECURITY_MANDATORY_LABEL_AUTHORITY */
const label = 16

/**
 * The uid or gid that Cygwin gives it (winsup/doc/ntsec.xml, "Mapping Windows
 * accounts to POSIX accounts"): of well-known ones and of BUILTIN the RID, of
 * accounts 0x30000 + RID, of integrity levels 0x60000 + RID; else 0xffff_ffff,
 * as it has for who is nobody it knows. Which accounts are a domain's cannot
 * be told by the SID: all count as the machine's own.
 */
export const idOfSid = ({ authority, parts }: Sid): number => {
  const rid = parts.at(-1) ?? 0
  const [first] = parts
  if (authority === label) return 0x6_0000 + rid
  if (authority !== ntAuthority) return 0xffff_ffff
  if (first === nonUnique) return 0x3_0000 + rid
  if (parts.length === 1 || first === builtin) return rid
  return 0xffff_ffff
}
