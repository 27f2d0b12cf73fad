import * as fs from 'node:fs'

/** What an open file yields from where it is to its end, `size` at a time. */
export const readRest = (fd: number, size: number): Buffer => {
  const parts: Buffer[] = []
  for (;;) {
    const part = Buffer.alloc(size)
    const length = fs.readSync(fd, part, 0, size, null)
    if (length === 0) return Buffer.concat(parts)
    parts.push(part.subarray(0, length))
  }
}

/** Opens, hands the descriptor to `use`, closes. */
export const opened = <T>(path: string, use: (fd: number) => T): T => {
  const fd = fs.openSync(path, 'r')
  try {
    return use(fd)
  } finally {
    fs.closeSync(fd)
  }
}

/** A whole file, `size` bytes at a time. */
export const readAll = (path: string, size: number): Buffer =>
  opened(path, fd => readRest(fd, size))

/** One read of at most `size` bytes at an offset. */
export const pread = (fd: number, size: number, offset: number): string => {
  const bytes = Buffer.alloc(size)
  const length = fs.readSync(fd, bytes, 0, size, offset)
  return bytes.toString('latin1', 0, length)
}
