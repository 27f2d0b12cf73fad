/**
 * What Windows decides of a token and a descriptor: AccessCheck as [MS-DTYP]
 * 2.5.3.2 and 2.5.3.3 tell it, for rights of simple entries.
 */

/** A SID of `S-1-5-18`. */
export const sidOf = (text: string): Buffer => {
  const [revision, authority, ...parts] = text.split('-').slice(1).map(Number)
  const bytes = Buffer.alloc(8 + parts.length * 4)
  bytes.writeUInt8(revision as number, 0)
  bytes.writeUInt8(parts.length, 1)
  bytes.writeUIntBE(authority as number, 2, 6)
  parts.forEach((part, at) => bytes.writeUInt32LE(part, 8 + at * 4))
  return bytes
}

/** Mandatory levels: S-1-16-…. */
export const levels = {
  low: 0x1000,
  medium: 0x2000,
  high: 0x3000,
  system: 0x4000,
} as const

export type Level = keyof typeof levels

/** What is asked of a token. */
export interface Identity {
  readonly level: Level
  /** SIDs of its user and its groups that are enabled. */
  readonly sids: readonly string[]
  /** Those that count for denials alone. */
  readonly denyOnly?: readonly string[]
  readonly isDebugger?: boolean
}

/** NO_WRITE_UP, NO_READ_UP, NO_EXECUTE_UP, with what they take away. */
const policies = [
  [1, 1],
  [2, 0],
  [4, 2],
] as const

interface Entry {
  readonly type: number
  readonly mask: number
  readonly sid: string
}

const entriesOf = (bytes: Buffer, acl: number): Entry[] => {
  const entries: Entry[] = []
  let at = acl + 8
  for (let count = bytes.readUInt16LE(acl + 4); count > 0; count--) {
    const parts = bytes.readUInt8(at + 9)
    entries.push({
      type: bytes.readUInt8(at),
      mask: bytes.readUInt32LE(at + 4),
      sid: bytes.toString('hex', at + 8, at + 16 + parts * 4),
    })
    at += bytes.readUInt16LE(at + 2)
  }
  return entries
}

const allowed = 0
const denied = 1
const label = 0x11

/** Rights that a level below the label's leaves: 2.5.3.3. */
const leftBy = (
  entries: readonly Entry[],
  level: number,
  mapping: readonly number[],
): number => {
  const found = entries.find(({ type }) => type === label)
  const above = found
    ? Buffer.from(found.sid, 'hex').readUInt32LE(8)
    : levels.medium
  if (level >= above) return ~0
  const policy = found ? found.mask : 1
  return policies.reduce(
    (left, [bit, at]) => (policy & bit ? left : left | (mapping[at] as number)),
    0,
  )
}

const generic = [0x8000_0000, 0x4000_0000, 0x2000_0000, 0x1000_0000]

/** A mask whose generic rights are those of the object's type. */
const mapped = (mask: number, mapping: readonly number[]): number =>
  generic.reduce(
    (sum, bit, at) => (mask & bit ? sum | (mapping[at] as number) : sum),
    mask & 0x0fff_ffff,
  )

/** Whether all of `access` is given; `mapping`: GENERIC_MAPPING. */
export const accessCheck = (
  descriptor: Uint8Array,
  { level, sids, denyOnly = [] }: Identity,
  access: number,
  mapping: readonly number[],
): boolean => {
  const bytes = Buffer.from(descriptor)
  const control = bytes.readUInt16LE(2)
  const [sacl, dacl] = [bytes.readUInt32LE(12), bytes.readUInt32LE(16)]
  const labels = control & 0x10 && sacl ? entriesOf(bytes, sacl) : []
  if (access & ~leftBy(labels, levels[level], mapping)) return false
  if (!(control & 0x4) || dacl === 0) return true
  const mine = new Set(sids.map(each => sidOf(each).toString('hex')))
  const against = new Set(denyOnly.map(each => sidOf(each).toString('hex')))
  let left = access
  for (const { type, mask, sid } of entriesOf(bytes, dacl)) {
    const rights = mapped(mask, mapping)
    const isAgainst = mine.has(sid) || against.has(sid)
    if (type === denied && isAgainst && left & rights) return false
    if (type === allowed && mine.has(sid)) left &= ~rights
  }
  return left === 0
}

/** What a descriptor is made of; types and masks are those of entries. */
export interface Parts {
  readonly owner: string
  readonly dacl?: readonly (readonly ['allow' | 'deny', number, string])[]
  /** A level and its policy. */
  readonly label?: readonly [Level, number]
}

const aclOf = (entries: readonly (readonly [number, number, string])[]) => {
  const all = entries.map(([type, mask, sid]) => {
    const entry = Buffer.concat([Buffer.alloc(8), sidOf(sid)])
    entry.writeUInt8(type, 0)
    entry.writeUInt16LE(entry.length, 2)
    entry.writeUInt32LE(mask, 4)
    return entry
  })
  const acl = Buffer.concat([Buffer.alloc(8), ...all])
  acl.writeUInt8(2, 0)
  acl.writeUInt16LE(acl.length, 2)
  acl.writeUInt16LE(entries.length, 4)
  return acl
}

/**
 * A descriptor as NtQuerySecurityObject gives it: of its parts, those that
 * `information` asks for, OWNER 1, DACL 4, LABEL 0x10.
 */
export const descriptorOf = (
  { owner, dacl, label: [level, policy] = ['medium', 0] }: Parts,
  information: number,
): Buffer => {
  const head = Buffer.alloc(20)
  const parts: Buffer[] = [head]
  let end = head.length
  let control = 0x8000
  const put = (at: number, bytes: Buffer): void => {
    head.writeUInt32LE(end, at)
    parts.push(bytes)
    end += bytes.length
  }
  head.writeUInt8(1, 0)
  if (information & 1) put(4, sidOf(owner))
  if (information & 0x10 && policy) {
    control |= 0x10
    put(12, aclOf([[label, policy, `S-1-16-${levels[level]}`]]))
  }
  if (information & 4 && dacl) {
    control |= 4
    put(
      16,
      aclOf(
        dacl.map(([type, mask, sid]) => [
          type === 'allow' ? allowed : denied,
          mask,
          sid,
        ]),
      ),
    )
  }
  head.writeUInt16LE(control, 2)
  return Buffer.concat(parts)
}
