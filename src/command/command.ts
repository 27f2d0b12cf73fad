import type { Command } from 'commander'

/**
 * Adds a command to the program; it tells its exit code to `exit`. What binds
 * to the system is imported when the command runs: help and the doctor work
 * where that does not load.
 */
export type Register = (program: Command, exit: (code: number) => void) => void

/** Examples, as the help of a command shows them at its end. */
export const examples = (...lines: readonly string[]): string =>
  ['', 'Examples:', ...lines.map(line => `  ${line}`)].join('\n')
