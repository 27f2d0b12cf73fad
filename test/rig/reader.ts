/**
 * A process that opens files, reads each to its end and closes it:
 *
 *     node reader.js COUNT PATH…
 *
 * goes round the paths, COUNT opens in all, and says as JSON how long each
 * took, in microseconds, and how often which error came.
 */
import { closeSync, openSync, readSync } from 'node:fs'

const [count = 0, ...paths] = process.argv
  .slice(2)
  .map((argument, index) => (index ? argument : Number(argument))) as [
  number,
  ...string[],
]
const buffer = Buffer.alloc(65536)
const errors: Record<string, number> = {}
const times: number[] = []

const read = (path: string): void => {
  const fd = openSync(path, 'r')
  try {
    while (readSync(fd, buffer, 0, buffer.length, null)) continue
  } finally {
    closeSync(fd)
  }
}

for (let n = 0; n < count; n++) {
  const began = process.hrtime.bigint()
  try {
    read(paths[n % paths.length] as string)
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code)
    errors[code] = (errors[code] ?? 0) + 1
  }
  times.push(Number(process.hrtime.bigint() - began) / 1e3)
}
console.log(JSON.stringify({ times, errors }))
