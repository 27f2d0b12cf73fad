import type { Write } from './late.ts'

/** What a session does to the machine it runs on. */
export interface Machine {
  readonly write: Write
  /** Whether the owner of a token may open anything at all. */
  admits(token: number): boolean
  /** A HANDLE of the same token that lives until `drop`; 0 if it is none. */
  keep(token: number): number
  drop(token: number): void
  /** Milliseconds, as of openfile.ts's Settle's `at`. */
  now(): number
  /** Milliseconds since 1970. */
  time(): number
  /** The security descriptor of everything here. */
  readonly descriptor: Uint8Array
}
