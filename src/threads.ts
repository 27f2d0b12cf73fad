import type { MessagePort } from 'node:worker_threads'
import type { Ending } from '../fs/host.ts'
import type { View } from '../fs/document/document.ts'
import type { HostName } from '../fs/index.ts'
import type { Source } from '../provider/index.ts'

/** What every thread of a mount is told. */
export interface Shared {
  readonly host: HostName
  readonly channel: unknown
  readonly source: Source
  readonly view: View
  readonly table: SharedArrayBuffer
  /** Milliseconds that a render may take. */
  readonly deadline: number
}

export interface WalkerData extends Shared {
  /** Counted from 1. */
  readonly number: number
  /** To the loop. */
  readonly port: MessagePort
}

export interface LoopData extends Shared {
  /** From the main thread. */
  readonly port: MessagePort
}

/** From the loop to the main thread. */
export type LoopMessage = { readonly ready: true } | { readonly ended: Ending }
