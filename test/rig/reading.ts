import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const entry = new URL('./reader.js', import.meta.url).pathname
const run = promisify(execFile)

export interface Reading {
  /** Of each open, read and close: microseconds. */
  readonly times: readonly number[]
  /** How often which errno came. */
  readonly errors: Readonly<Record<string, number>>
}

/** `count` opens of the paths in turn, by a process of its own. */
export const reading = async (
  count: number,
  paths: readonly string[],
): Promise<Reading> => {
  const { stdout } = await run(
    process.execPath,
    [entry, `${count}`, ...paths],
    { maxBuffer: 1 << 26 },
  )
  return JSON.parse(stdout) as Reading
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN
