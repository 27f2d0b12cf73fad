import type { Command } from 'commander'

/** Adds a command to the program; it tells its exit code to `exit`. */
export type Register = (program: Command, exit: (code: number) => void) => void

/** Examples, as the help of a command shows them at its end. */
export const examples = (...lines: readonly string[]): string =>
  ['', 'Examples:', ...lines.map(line => `  ${line}`)].join('\n')
