import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { codeOf, Errno } from '../errno.ts'
import type { Source } from './source.ts'

/** A system error of node's as ours; anything else as it is. */
const named = (thrown: unknown): unknown => {
  const code = codeOf(thrown)
  return code === undefined || thrown instanceof Errno
    ? thrown
    : new Errno(code, (thrown as Error).message)
}

const tried = <T>(act: () => T): T => {
  try {
    return act()
  } catch (thrown) {
    throw named(thrown)
  }
}

/** A dump on disk, held open and read by position. */
export class DumpFile implements Source {
  readonly name: string
  readonly size: number
  private fd: number

  /** The errno of open(2); EINVAL for what is no file, and without waiting. */
  constructor(name: string) {
    this.name = name
    // a FIFO would wait for its writer; Windows has no such flag
    const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
    this.fd = tried(() => openSync(name, flags))
    const status = fstatSync(this.fd)
    this.size = status.size
    if (status.isFile()) return
    this.close()
    throw new Errno('EINVAL', `${name}: not a regular file`)
  }

  /** EBADF after `close`. */
  load(bytes: Uint8Array, at: number): void {
    if (this.fd < 0) throw new Errno('EBADF')
    for (let done = 0; done < bytes.length;) {
      const more = tried(() =>
        readSync(this.fd, bytes, done, bytes.length - done, at + done),
      )
      if (more === 0)
        throw new Errno(
          'EIO',
          `${this.name}: truncated: ends before offset ${at + bytes.length}`,
        )
      done += more
    }
  }

  close(): void {
    if (this.fd >= 0) closeSync(this.fd)
    this.fd = -1
  }
}
