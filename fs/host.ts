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
  /**
   * The size that is told of a file, where a host can know it: `exact`, of the
   * text that the handle reads, which is made when it is opened, or `zero`.
   */
  readonly size?: 'exact' | 'zero' | undefined
  /**
   * `\\server\share`: the name, known to the whole machine, of a network file
   * system, where a host can be one. It may then do without a mount point.
   */
  readonly unc?: string | undefined
}

/** Why a host stopped serving; `gone`: its driver went away, which it logged. */
export type Ending = 'stopped' | 'unmounted' | 'gone'

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
  /** Requests are served from here on: `attach` may be called. */
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
   * there; of a network file system without one, its name. An Errno whose
   * detail names the point and the remedy.
   */
  prepare(point: string, make: boolean, options: HostOptions): string
  /** Whether the mount point comes and goes with the mount by itself. */
  readonly makesPoint?: boolean
  /**
   * Mounts there, or makes all ready for `attach` to. An Errno with a detail
   * for people; warnings go to `log`.
   */
  open(
    point: string,
    options: HostOptions,
    log: (line: string) => void,
  ): Channel
  /**
   * What is left to do, by another thread, once requests are served: programs
   * can open the file system when it returns. An Errno with a detail.
   */
  attach?(channel: Channel): void
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
  /** Makes `serve` return. Never blocks. */
  wake(channel: Channel): void
  /** Gives back what is left, when no thread serves or answers any more. */
  close?(channel: Channel): void
}
