import type { Process, System } from '../../provider/contract.ts'
import { codeOf, type Code } from '../../provider/errno.ts'

/** The code by which something is refused; undefined where it is not. */
export const refusal = (ask: () => unknown): Code | undefined => {
  try {
    ask()
    return undefined
  } catch (thrown) {
    const code = codeOf(thrown)
    if (code === undefined) throw thrown
    return code
  }
}

/** What is asked for, or undefined where it was refused by an Errno. */
export const told = <T>(ask: () => T): T | undefined => {
  let answer: T | undefined
  refusal(() => (answer = ask()))
  return answer
}

/** The texts of those that do not hold. */
export const failing = (
  claims: readonly (readonly [string, boolean])[],
): string[] => claims.flatMap(([text, holds]) => (holds ? [] : [text]))

/** Complaints about a process; refused where it cannot be looked at. */
export type About = (process: Process) => readonly string[]

export interface Inspection {
  /** Processes that could be looked at to the end. */
  readonly looked: number
  /** What is wrong with any of them, with its pid. */
  readonly complaints: readonly string[]
}

/** Looks before a complaint counts: a live process changes under our eyes. */
const looks = 3

/** Looks at each process of a system. */
export const inspect = (system: System, about: About): Inspection => {
  const look = (pid: number): readonly string[] | undefined => {
    const process = told(() => system.process(pid))
    try {
      return process && told(() => about(process))
    } finally {
      process?.close()
    }
  }
  let looked = 0
  const complaints = system.pids().flatMap(pid => {
    let found = look(pid)
    for (let each = 1; each < looks && found?.length; each++) found = look(pid)
    if (found !== undefined) looked++
    return (found ?? []).map(complaint => `${pid}: ${complaint}`)
  })
  return { looked, complaints }
}
