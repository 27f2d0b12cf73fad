import type { Filesystem } from '../filesystem.ts'
import type { Listing } from './codec/listing.ts'
import type { Responses } from './codec/response.ts'
import type { Handles } from './handles.ts'
import type { Machine } from './machine.ts'

/** What the operations of one volume share. */
export interface Serving {
  readonly filesystem: Filesystem
  readonly machine: Machine
  readonly handles: Handles
  /** One response at a time. */
  readonly responses: Responses
  readonly listing: Listing
  /** Whether a file's size is that of a text which is made at its opening. */
  readonly isExact: boolean
  /** FILETIME that is told of what is no text. */
  readonly began: bigint
}

/** What an operation returns if there is no response now: another sends it. */
export const silent = 0
