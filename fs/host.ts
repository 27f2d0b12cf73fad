import type { Code } from '../provider/errno.ts'
import type { Filesystem } from './filesystem.ts'
import type { Request } from './openfile.ts'

/** What a request is answered with: the whole text, or an error. */
export type Outcome = Uint8Array | Code

/** Sends the answer of one request: its part of the text, or the error. */
export type Answer = (request: Request, outcome: Outcome) => void

/** How a host is set up. */
export interface HostOptions {
  /**
   * Seconds for which the kernel may keep every name and attribute. Unset:
   * names that cannot vanish are kept, those of processes and threads are not.
   */
  readonly cache?: number | undefined
}

/** Why a host stopped serving. */
export type Ending = 'stopped' | 'unmounted'

/** What programs hold of a mount. */
export interface Held {
  /** Nodes that the kernel has looked up and not forgotten. */
  readonly nodes: number
  /** Open files and directories. */
  readonly files: number
  readonly directories: number
}

/** What the serving thread does around each request. */
export interface Hooks {
  /** The file system is up: programs can open it. */
  ready(): void
  /** Takes up what other threads have sent. */
  drain(): void
  /** Called with what is held when there is nothing to do. */
  idle(held: Held): void
  /** One line for the log: something that nobody foresaw. */
  log(line: string): void
}

/**
 * A way to serve a Filesystem to this machine's programs. A channel is what a
 * host's threads need to know of one mount: plain data, so that it can be
 * posted to any of them.
 */
export interface Host<Channel = unknown> {
  /** Whether `serve` blocks its thread, which then must be a worker. */
  readonly blocks: boolean
  /**
   * The absolute path to mount at, which with `make` is made if it is not
   * there. An Errno whose detail names the point and the remedy.
   */
  prepare(point: string, make: boolean): string
  /** Mounts there. An Errno with a detail for people. */
  open(point: string, options: HostOptions): Channel
  /** Serves until unmounted or woken. */
  serve(
    channel: Channel,
    filesystem: Filesystem,
    hooks: Hooks,
  ): Ending | Promise<Ending>
  /**
   * Answers from any thread. Undefined where only the serving thread can:
   * it passes on what the others found.
   */
  readonly answer?: (channel: Channel) => Answer
  /** Answers in the serving thread. */
  readonly relay?: (channel: Channel) => Answer
  /** Takes the mount out of the tree, also while files are open in it. */
  unmount(channel: Channel): void
  /** Makes `serve` return 'stopped'. Never blocks. */
  wake(channel: Channel): void
}
