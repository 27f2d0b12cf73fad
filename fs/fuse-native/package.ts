/**
 * The part of fuse-native that is used, by its source (index.js, 2.2.6): the
 * package comes without types.
 */

/** Ends one operation: 0, -errno or a count of bytes, then what it yields. */
export type Callback = (result: number, ...yielded: readonly unknown[]) => void

/** Handlers by operation; the last argument of each is its Callback. */
export type Handlers = {
  readonly [operation: string]: (...args: never[]) => void
}

/** st_* fields less the prefix: 32-bit but for the size, times in ms. */
export interface Stat {
  readonly mode: number
  readonly ino: number
  readonly nlink?: number
  readonly uid?: number
  readonly gid?: number
  readonly size?: number
  readonly blksize?: number
  readonly atime?: number
  readonly mtime?: number
  readonly ctime?: number
}

export interface Fuse {
  mount(done: (error: Error | null) => void): void
  unmount(done: (error: Error | null) => void): void
}

export interface Package {
  new (
    point: string,
    handlers: Handlers,
    options: { readonly timeout: false },
  ): Fuse
  /** What an instance's `unmount` unmounts by. */
  unmount(point: string, done: (error: Error | null) => void): void
}
