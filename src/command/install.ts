import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { InvalidArgumentError, Option, type Command } from 'commander'
import {
  install,
  Refusal,
  uninstall,
  type Program,
  type Work,
} from '../../install/install.ts'
import { log } from '../log.ts'
import { write } from '../stdout.ts'
import { examples, type Register } from './command.ts'

interface Options {
  readonly yes?: true
}

interface InstallCommandOptions extends Options {
  readonly msi?: string
  readonly boot?: string | true
}

interface UninstallCommandOptions extends Options {
  readonly keepWinfsp?: true
}

/** What --boot alone means. */
const usual = 'P:'

const parseLetter = (value: string): string => {
  if (!/^[A-Za-z]:?$/.test(value))
    throw new InvalidArgumentError('It must be a drive letter, such as P:.')
  return `${value.slice(0, 1).toUpperCase()}:`
}

/** Whether the answer is yes; the end of input is none. */
const agrees = async (): Promise<boolean> => {
  const terminal = createInterface({ input: process.stdin })
  write('Go on? [y/N] ')
  let answer = ''
  for await (const line of terminal) {
    answer = line
    break
  }
  terminal.close()
  return /^\s*y(?:es)?\s*$/i.test(answer)
}

/** Says what is to be done, asks, and does it. Yields the exit code. */
const carryOut = async (
  command: string,
  work: () => Work,
  { yes }: Options,
): Promise<number> => {
  try {
    const { lines, run } = work()
    if (lines.length === 0) {
      write('There is nothing to be done.\n')
      return 0
    }
    if (!yes) {
      write(['This will', ...lines.map(line => `  - ${line}`), ''].join('\n'))
      if (!(await agrees())) {
        log(`${command}: nothing was done; --yes does it without asking`)
        return 1
      }
    }
    const restart = run(line => write(`${line} …\n`))
    write(restart ? 'Done; restart Windows to finish it.\n' : 'Done.\n')
    return 0
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    log(`${command}: ${error.message}`)
    return 1
  }
}

const withYes = (command: Command): Command =>
  command.option('-y, --yes', 'do it without asking')

/** Without links: where they really lie tells who may write to them. */
const ourselves = (): Program => ({
  node: realpathSync(process.execPath),
  cli: realpathSync(process.argv[1] ?? ''),
})

export const registerInstall: Register = (commands, exit) => {
  withYes(commands.command('install'))
    .description('Windows: get WinFsp, and have "net use" mount the tree')
    .option('--msi <file>', "WinFsp's installer, in place of winget")
    .addOption(
      new Option(
        '--boot [letter]',
        `mount when the machine starts, at ${usual} or that letter`,
      ).argParser(parseLetter),
    )
    .addHelpText(
      'after',
      examples(
        'winprocfs install',
        'winprocfs install --yes --msi winfsp-2.2.msi',
        'winprocfs install --boot P:',
        String.raw`net use P: \\winprocfs\proc`,
      ),
    )
    .action(async ({ msi, boot, yes }: InstallCommandOptions) => {
      const options = {
        ...(msi !== undefined && { msi: resolve(msi) }),
        ...(boot !== undefined && { boot: boot === true ? usual : boot }),
      }
      const work = (): Work => install(ourselves(), options)
      exit(await carryOut('install', work, yes ? { yes } : {}))
    })
}

export const registerUninstall: Register = (commands, exit) => {
  withYes(commands.command('uninstall'))
    .description('Windows: take away what install put there')
    .option('--keep-winfsp', 'leave WinFsp, also if install brought it')
    .addHelpText(
      'after',
      examples('winprocfs uninstall', 'winprocfs uninstall --keep-winfsp'),
    )
    .action(async ({ keepWinfsp, yes }: UninstallCommandOptions) => {
      const work = (): Work => uninstall(keepWinfsp ?? false)
      exit(await carryOut('uninstall', work, yes ? { yes } : {}))
    })
}
