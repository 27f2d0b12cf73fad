import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** What a call yields, or the code of the error that it throws. */
export const outcomeOf = <T>(call: () => T): T | string => {
  try {
    return call()
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

/** How often a time is measured: a machine may be busy, the best counts. */
const rounds = 5

/** The least that was measured, by as many rounds as it takes to be below. */
export const least = async (
  round: () => Promise<number>,
  below: number,
): Promise<number> => {
  let best = Infinity
  for (let left = rounds; left > 0 && best >= below; left--)
    best = Math.min(best, await round())
  return best
}

/** How a program's read of a file went. */
export interface Reading {
  readonly text: string
  /** What it said went wrong, '' for nothing. */
  readonly complaint: string
  readonly signal: NodeJS.Signals | null
  /** Milliseconds. */
  readonly took: number
}

export interface Reader {
  readonly done: Promise<Reading>
  kill(signal: NodeJS.Signals): void
}

/** Reads a file with cat, so that nobody else waits for it. */
export const cat = (path: string): Reader => {
  const began = performance.now()
  const child = spawn('cat', [path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  })
  let text = ''
  let complaint = ''
  child.stdout.setEncoding('latin1').on('data', more => (text += more))
  child.stderr.setEncoding('latin1').on('data', more => (complaint += more))
  const done = new Promise<Reading>(resolve => {
    child.on('close', (_, signal) => {
      const took = performance.now() - began
      resolve({ text, complaint: complaint.trim(), signal, took })
    })
  })
  return { done, kill: signal => void child.kill(constants.signals[signal]) }
}
