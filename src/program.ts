import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { registerCat } from './command/cat.ts'
import { examples, type Register } from './command/command.ts'
import { registerDump } from './command/dump.ts'
import { registerDoctor } from './command/doctor.ts'
import { registerInstall, registerUninstall } from './command/install.ts'
import { registerLs } from './command/ls.ts'
import { registerMount } from './command/mount.ts'
import { registerUnmount } from './command/unmount.ts'
import { log } from './log.ts'
import { write } from './stdout.ts'

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

const notice = [
  'WinFsp - Windows File System Proxy, Copyright (C) Bill Zissimopoulos',
  'https://github.com/winfsp/winfsp',
]

const commands: readonly Register[] = [
  registerMount,
  registerUnmount,
  registerCat,
  registerLs,
  registerDump,
  registerDoctor,
  registerInstall,
  registerUninstall,
]

/** Errors of usage in one line, as `winprocfs: option '--x' …`. */
const usage = (text: string): void =>
  log(
    text
      .replace(/^error: /, '')
      .trim()
      .replaceAll(/\s*\n\s*/g, ' '),
  )

/** The command line; each command tells its exit code to `exit`. */
export const program = (exit: (code: number) => void): Command => {
  const program = new Command('winprocfs')
    .description('A /proc as a user-mode file system')
    .version(
      [`winprocfs ${version}`, ...notice].join('\n'),
      '-V, --version',
      'print the version',
    )
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples(
        'winprocfs mount --mkdir mnt',
        'winprocfs cat /proc/self/maps',
        'winprocfs ls -l /proc/self',
        'winprocfs doctor',
      ),
    )
    .configureOutput({ writeOut: write, writeErr: usage })
    .exitOverride()
  for (const register of commands) register(program, exit)
  return program
}
