import { AccessMask } from './codec/flags.ts'
import { Ace, Acl, SecurityDescriptor } from './codec/structures.ts'
import { reading } from './rights.ts'

/** A SID (winnt.h) of an authority below 256. */
export const sid = (authority: number, ...parts: number[]): Uint8Array => {
  const bytes = new Uint8Array(8 + parts.length * 4)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 1)
  view.setUint8(1, parts.length)
  view.setUint8(7, authority)
  parts.forEach((part, index) => view.setUint32(8 + index * 4, part, true))
  return bytes
}

export const everyone = sid(1, 0)
export const system = sid(5, 18)
export const administrators = sid(5, 32, 544)

/** SE_SELF_RELATIVE, SE_DACL_PROTECTED, SE_DACL_PRESENT */
const control = 0x8000 | 0x1000 | 0x4

const aceSize = ({ length }: Uint8Array): number => Ace.size + 4 + length

/**
 * The security descriptor, self-relative, of what all of `readers` may read and
 * list, and nobody write to; `owner` is a SID, too. No label: the medium one,
 * which only forbids to write.
 */
export const readableBy = (
  owner: Uint8Array,
  readers: readonly Uint8Array[],
): Uint8Array => {
  const acl = readers.reduce((sum, each) => sum + aceSize(each), Acl.size)
  const dacl = SecurityDescriptor.size + owner.length
  const bytes = new Uint8Array(dacl + acl)
  const data = new DataView(bytes.buffer)
  const descriptor = SecurityDescriptor.view(data)
  descriptor.Revision = 1
  descriptor.Control = control
  descriptor.Owner = SecurityDescriptor.size
  descriptor.Group = SecurityDescriptor.size
  descriptor.Dacl = dacl
  bytes.set(owner, SecurityDescriptor.size)
  const list = Acl.view(data, dacl)
  list.AclRevision = 2
  list.AclSize = acl
  list.AceCount = readers.length
  let at = dacl + Acl.size
  for (const reader of readers) {
    // ACCESS_ALLOWED_ACE: type and flags are 0, then the mask, then the SID
    Ace.view(data, at).AceSize = aceSize(reader)
    data.setUint32(at + Ace.size, reading, true)
    bytes.set(reader, at + Ace.size + 4)
    at += aceSize(reader)
  }
  return bytes
}

/** FILE_GENERIC_READ, _WRITE, _EXECUTE and FILE_ALL_ACCESS (winnt.h). */
export const fileMapping = [
  0x12_0089,
  0x12_0116,
  0x12_00a0,
  0x1f_01ff | AccessMask.SYNCHRONIZE,
] as const
