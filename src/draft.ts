import { randomBytes } from 'node:crypto'
import {
  closeSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  realpathSync,
  writeSync,
} from 'node:fs'
import { codeOf, Errno } from '../provider/errno.ts'

/** The file that a path leads to; undefined if there is none. EINVAL for what is no file. */
const fileAt = (path: string): string | undefined => {
  try {
    if (statSync(path).isFile()) return realpathSync(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  throw new Errno('EINVAL', 'Not a regular file')
}

/**
 * A file that is being written, for nobody else to read (0600): new, or in the
 * end in the place of one that is there, which stays as it is until then.
 * EEXIST where it may not be replaced.
 */
export class Draft {
  readonly #path: string
  /** What it is to replace; else it has its name already. */
  readonly #target: string | undefined
  readonly #fd: number

  constructor(path: string, replaces: boolean) {
    this.#target = replaces ? fileAt(path) : undefined
    this.#path =
      this.#target === undefined
        ? path
        : `${this.#target}.${randomBytes(6).toString('hex')}`
    this.#fd = openSync(this.#path, 'wx', 0o600)
  }

  /** All of it at an offset. */
  write(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.#fd, bytes, done, bytes.length - done, at + done)
  }

  /** It is whole. */
  keep(): void {
    closeSync(this.#fd)
    if (this.#target !== undefined) renameSync(this.#path, this.#target)
  }

  /** It will not be. */
  discard(): void {
    closeSync(this.#fd)
    unlinkSync(this.#path)
  }
}
