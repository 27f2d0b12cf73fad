import {
  administrators,
  everyone,
  readableBy,
  sid,
  system,
} from './descriptor.ts'

/** Who is let onto a volume, before each process's own descriptor is asked. */
export interface Admission {
  /** Of everything on the volume. */
  readonly descriptor: Uint8Array
  /** Whether anybody may open it: each process's own descriptor decides. */
  readonly isOpen: boolean
}

/**
 * Who services run as: the system, LocalService, NetworkService (S-1-5-18 to
 * -20), and accounts of their own, all within S-1-5-80.
 */
const services = [system, sid(5, 19), sid(5, 20)]
const serviceDomain = sid(5, 80)

/** Where its count of parts stands, which is another's below a domain. */
const countAt = 1

const isWithin = (user: Uint8Array, domain: Uint8Array): boolean =>
  domain.every((byte, at) => at === countAt || user[at] === byte)

const isService = (user: Uint8Array): boolean =>
  services.some(each => each.length === user.length && isWithin(user, each)) ||
  isWithin(user, serviceDomain)

/**
 * The narrowest that serves who mounts, by the SID of its user: that user,
 * administrators and the system may look. What is mounted by an administrator
 * or a service serves everyone: there, the check for each process decides.
 *
 * Files have no label: the medium one then, which forbids only to write, and
 * nobody is let write. A token of a lower level of the same user thus sees
 * names; what is read of a process is as that process's label says.
 */
export const admissionOf = (
  user: Uint8Array,
  isElevated: boolean,
): Admission => {
  const isOpen = isElevated || isService(user)
  const readers = isOpen ? [everyone] : [user, administrators, system]
  return { descriptor: readableBy(user, readers), isOpen }
}
