import { spawn } from 'node:child_process'

export interface Ended {
  /** What it wrote to stdout: TAP. */
  readonly output: string
  readonly errors: string
  readonly seconds: number
  /** Why it is not to be believed, whatever it wrote; '' if it is. */
  readonly trouble: string
}

/** Process groups of the suites that run now. */
const running = new Set<number>()

/** A group that is gone already needs no signal. */
const kill = (group: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-group, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Hands a signal on to all suites that run now, and what they started. */
export const signalAll = (signal: NodeJS.Signals): void => {
  for (const group of running) kill(group, signal)
}

/** Seconds that what a suite started may hold its output open after it. */
const grace = 2

/**
 * Runs one compiled suite, as `node suite.js` does by hand.
 *
 * `tap run` is not used: it preloads a loader into the suite, all its workers
 * and all programs it starts, which makes them start several times slower and
 * listen to signals on their own account, just what suites of mounts test.
 *
 * The suite leads a process group, so that at its `limit` (seconds) it ends
 * with all it started: by SIGALRM, at which tap tells what is still open, then
 * by SIGKILL. What it leaves in its group is ended, too.
 */
export const runSuite = (
  file: string,
  limit: number,
  env: NodeJS.ProcessEnv,
): Promise<Ended> =>
  new Promise(resolve => {
    const began = performance.now()
    const suite = spawn(process.execPath, ['--enable-source-maps', file], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...env, TAP: '1', TAP_TIMEOUT: String(Math.ceil(limit * 0.9)) },
    })
    const group = suite.pid as number
    running.add(group)

    let output = ''
    let errors = ''
    let trouble = ''
    suite.stdout.setEncoding('utf8').on('data', text => (output += text))
    suite.stderr.setEncoding('utf8').on('data', text => (errors += text))

    const late = (signal: NodeJS.Signals): void => {
      trouble = `did not end within ${limit} s`
      kill(group, signal)
    }
    const timers = [
      setTimeout(late, limit * 1000, 'SIGALRM'),
      setTimeout(late, (limit + 2) * 1000, 'SIGKILL'),
    ]
    suite.on('exit', (code, signal) => {
      timers.forEach(timer => clearTimeout(timer))
      if (signal !== null) trouble ||= `ended by ${signal}`
      if (code !== 0) trouble ||= `ended with exit code ${code}`
      const letGo = (): void => {
        trouble = 'left a process behind that holds its output open'
        suite.stdout.destroy()
        suite.stderr.destroy()
      }
      timers.push(setTimeout(letGo, grace * 1000))
    })
    suite.on('close', () => {
      timers.forEach(timer => clearTimeout(timer))
      running.delete(group)
      kill(group, 'SIGKILL')
      const seconds = (performance.now() - began) / 1000
      resolve({ output, errors, seconds, trouble })
    })
  })
