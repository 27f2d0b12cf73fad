import { Refusal } from './refusal.ts'
import type { Value } from './registry.ts'
import { quoted } from './task.ts'

/** What is started: paths of node and of the command line's script. */
export interface Program {
  readonly node: string
  readonly cli: string
}

/** Characters of the Launcher's buffer, less the `%0 ` ahead and the NUL. */
const longest = 512 - 3 - 1

/** Bytes of its buffer for all texts of a service. */
const room = 2048

/** Those whom it lets start, stop and ask for the service, as SDDL. */
const rights = (who: string): string => `D:P(A;;RPWPLC;;;${who})`

/** Everyone, as SDDL abbreviates it. */
export const everyone = 'WD'

/**
 * The values of the service that WinFsp's Launcher starts for
 * `net use P: \\winprocfs\proc` (WinFsp, src/launcher/launcher.c and
 * src/dll/np.c, by which also the bounds are). The Launcher puts
 * `\winprocfs\proc` in place of %1 and `P:`, or nothing, in place of %2, each
 * in quotes of its own.
 *
 * It runs as who calls (`.`): what he may not read he cannot read through the
 * drive either, whatever this program does. `who` may start it: a SID, or an
 * abbreviation. Throws Refusal for paths that the Launcher would cut.
 */
export const serviceOf = (
  { node, cli }: Program,
  who: string,
): Readonly<Record<string, Value>> => {
  const script = quoted(cli.replaceAll('%', '%%'))
  const CommandLine = `${script} mount --unc %1 %2`
  const values = {
    Executable: node,
    CommandLine,
    Security: rights(who),
    RunAs: '.',
    JobControl: 1,
  }
  const bytes = Object.values(values)
    .filter(value => typeof value === 'string')
    .reduce((sum, text) => sum + (text.length + 1) * 2, 0)
  if (CommandLine.length > longest || bytes > room)
    throw new Refusal(
      `${cli} is too long a path for WinFsp's Launcher: install winprocfs elsewhere`,
    )
  return values
}
