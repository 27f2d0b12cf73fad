import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Seconds: much more than a program takes to begin on a busy machine. */
const patience = 60

/** Field 3 of stat, of a program without parentheses in its name. */
const stateOf = (pid: number): string | undefined =>
  readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.[0]

/**
 * Waits until a program of Linux that was started to do nothing, as `sleep`
 * is, has come that far: it and its libraries are loaded, and it sleeps.
 */
export const atRest = async (pid: number): Promise<void> => {
  const until = performance.now() + patience * 1000
  // what the disk is waited for is another state than S
  for (let seen = 0; seen < 3; seen = stateOf(pid) === 'S' ? seen + 1 : 0) {
    if (performance.now() > until) throw new Error(`${pid} does not sleep`)
    await sleep(20)
  }
}
