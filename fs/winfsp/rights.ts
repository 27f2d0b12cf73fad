import { AccessMask, changing } from './codec/flags.ts'
import { Refusal } from './refusal.ts'
import { Status } from './status.ts'

/** All that anybody is ever granted: FILE_GENERIC_READ and _EXECUTE. */
export const reading =
  AccessMask.READ_DATA |
  AccessMask.READ_EA |
  AccessMask.EXECUTE |
  AccessMask.READ_ATTRIBUTES |
  AccessMask.READ_CONTROL |
  AccessMask.SYNCHRONIZE

/** What lets the text of a file be read. */
export const data = AccessMask.READ_DATA | AccessMask.EXECUTE

/** What a Create asks for. */
export interface Wanted {
  readonly DesiredAccess: number
  /** By a privilege, such as one for backups. */
  readonly GrantedAccess: number
}

/**
 * The AccessMask that is granted, never one that lets change anything:
 * STATUS_ACCESS_DENIED where that is asked for, as by any file that is
 * read-only to everyone.
 */
export const grantedOf = ({
  DesiredAccess: desired,
  GrantedAccess: before,
}: Wanted): number => {
  const asked = desired & ~AccessMask.MAXIMUM_ALLOWED
  if (asked & (changing | ~reading)) throw new Refusal(Status.AccessDenied)
  const most = desired & AccessMask.MAXIMUM_ALLOWED ? reading : asked
  return (most | before) & reading
}

/** Whether data were asked for by name, not only as much as can be had. */
export const asksForData = ({ DesiredAccess }: Wanted): boolean =>
  (DesiredAccess & data) !== 0
