import { Ace, Acl, SecurityDescriptor } from './structures.ts'

/** Control bits of a descriptor: SE_…. */
const Control = { DACL_PRESENT: 0x4, SACL_PRESENT: 0x10, SELF_RELATIVE: 0x8000 }

/** Bytes of a SID before its sub-authorities, and how many it can have. */
const sidSize = 8
const subAuthorities = 15

/** Whether a SID (winnt.h) lies at `at`. */
const isSid = (data: DataView, at: number): boolean => {
  if (at + sidSize > data.byteLength) return false
  const count = data.getUint8(at + 1)
  return (
    data.getUint8(at) === 1 &&
    count <= subAuthorities &&
    at + sidSize + count * 4 <= data.byteLength
  )
}

/** Whether an ACL lies at `at`, its entries one after the other inside it. */
const isAcl = (data: DataView, at: number): boolean => {
  if (at + Acl.size > data.byteLength) return false
  const { AclRevision, AclSize, AceCount } = Acl.view(data, at)
  const end = at + AclSize
  if (AclRevision < 2 || AclRevision > 4) return false
  if (AclSize < Acl.size || end > data.byteLength) return false
  const ace = Ace.view(data, at + Acl.size)
  for (let count = 0; count < AceCount; count++) {
    if (ace.at + Ace.size > end) return false
    const size = ace.AceSize
    if (size < Ace.size || ace.at + size > end) return false
    ace.at += size
  }
  return true
}

/**
 * Whether these bytes are one self-relative security descriptor, as far as the
 * driver looks (RtlValidRelativeSecurityDescriptor); the SIDs inside entries
 * are not looked at.
 */
export const isDescriptor = (bytes: Uint8Array): boolean => {
  const { buffer, byteOffset, byteLength } = bytes
  if (byteLength < SecurityDescriptor.size) return false
  const data = new DataView(buffer, byteOffset, byteLength)
  const descriptor = SecurityDescriptor.view(data)
  const control = descriptor.Control
  if (descriptor.Revision !== 1 || !(control & Control.SELF_RELATIVE))
    return false
  const parts = [
    [descriptor.Owner, isSid],
    [descriptor.Group, isSid],
    [control & Control.SACL_PRESENT && descriptor.Sacl, isAcl],
    [control & Control.DACL_PRESENT && descriptor.Dacl, isAcl],
  ] as const
  return parts.every(
    ([at, is]) => at === 0 || (at >= SecurityDescriptor.size && is(data, at)),
  )
}
