import type { System, Task } from '../../provider/contract.ts'
import type { Dialect } from '../../provider/space/labels.ts'
import type { PathStyle } from '../../provider/space/paths.ts'

/** How a mount prints: chosen once, the same for every document. */
export interface View {
  /** Whose form of maps: the kernel's, or Cygwin's. */
  readonly dialect: Dialect
  readonly paths: PathStyle
}

export interface Reader {
  /** The number that the file is open by which is asked about. */
  readonly fd?: number | undefined
  /**
   * Whether the reader may read the target's memory. Where it may not, numbers
   * that tell of its address space print as the kernel hides them in `stat`.
   */
  readonly trusted: boolean
}

/**
 * A generator of lines (each with its end), or of pieces of text: facts in,
 * text out; no await, no I/O. A fact that the source does not know prints as
 * Linux prints one that is not there: nothing, or 0. Throws what the facts
 * throw.
 */
export type TaskDocument = (
  task: Task,
  view: View,
  reader: Reader,
) => Iterable<string>

export type SystemDocument = (system: System, view: View) => Iterable<string>
