import { writeSync } from 'node:fs'

/**
 * One line to standard error, from any thread: a thread that blocks in a
 * system call never gets to what console.error leaves to the event loop.
 */
export const log = (line: string): void => {
  try {
    writeSync(2, `winprocfs: ${line}\n`)
  } catch {
    // nowhere to complain that complaining failed
  }
}
