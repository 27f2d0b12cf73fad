import type { Machine } from './machine.ts'

/** What is there of one thing that the program needs or can use. */
export interface Row {
  readonly name: string
  /**
   * `optional`: it is missing, and the program does without; `warning`: it is
   * there, and not as it should be.
   */
  readonly ok: boolean | 'optional' | 'warning'
  readonly detail: string
  /** What to do about it. */
  readonly remedy?: string
}

/** What the doctor cannot find out by itself. */
export interface Asked {
  /** Mount points of ours whose server is gone. */
  stale(): readonly string[]
  /** Loads what --host fuse-native uses; throws why it does not. */
  loadFuseNative(): void
}

export type Finding = Omit<Row, 'name'>

export interface Check {
  readonly name: string
  readonly on: readonly NodeJS.Platform[] | 'any'
  /** Undefined: it does not matter here. */
  readonly find: (machine: Machine, asked: Asked) => Finding | undefined
}
