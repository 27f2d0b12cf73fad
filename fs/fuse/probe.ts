import { spawn } from 'node:child_process'
import { close, read, wait } from './device.ts'
import { newPair } from './passing.ts'

/** Milliseconds that a server has to answer. */
const patience = 2000

/** Tells the code of the error that a stat ends with, or nothing. */
const script = `
  try {
    require('fs').statSync(process.argv[1])
    process.stdout.write('OK')
  } catch ({ code }) {
    process.stdout.write(code)
  }`

/**
 * The error code of stat(2), `OK`, or undefined if that did not return in
 * time. Another process calls it: it would never return from a mount whose
 * server hangs, and not even be killed, and no more would this one.
 */
export const statCode = (
  path: string,
  timeout = patience,
): string | undefined => {
  const [ours, theirs] = newPair()
  const child = spawn(process.execPath, ['-e', script, path], {
    stdio: ['ignore', theirs, 'ignore'],
    detached: true,
    env: {},
  })
  close(theirs)
  try {
    // a signal, such as of an earlier child's end, cuts a wait short
    const end = performance.now() + timeout
    while (!wait(ours, -1, Math.max(0, Math.ceil(end - performance.now()))))
      if (performance.now() >= end) return undefined
    const answer = Buffer.alloc(64)
    const length = read(ours, answer)
    return length > 0 ? answer.toString('latin1', 0, length) : undefined
  } finally {
    close(ours)
    child.kill('SIGKILL')
    child.unref()
  }
}
