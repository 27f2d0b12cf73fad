import type { System } from '../../provider/contract.ts'

/** One line (fs/proc/version.c), or nothing. */
export function* version(system: System): Generator<string> {
  const line = system.version?.()
  if (line !== undefined) yield `${line}\n`
}
