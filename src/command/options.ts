import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { dialects } from '../../fs/document/dialects.ts'
import type { View } from '../../fs/document/document.ts'
import { Errno } from '../../provider/errno.ts'
import {
  dumpIn,
  nativeOf,
  providerNames,
  type Source,
} from '../../provider/index.ts'
import { pathStyles } from '../../provider/space/paths.ts'

/** Whose facts. */
export interface SourceOptions {
  /** By default this machine's own. */
  readonly provider?: string
  /** A dump, or a folder of them, as a provider. */
  readonly dump?: string
  /** By default where {@link labelled} says so. */
  readonly labels?: boolean
}

/** And how they print: of every command that shows the tree. */
export interface ViewOptions extends View, SourceOptions {}

/** A provider's name, or a path (it has a slash or an extension) as URL. */
const parseProvider = (value: string): string => {
  if ((providerNames as string[]).includes(value)) return value
  if (!/[./\\]/.test(value))
    throw new InvalidArgumentError(
      `Allowed choices are ${providerNames.join(', ')}, or the path of a dump, of a folder of dumps, or of a module.`,
    )
  return isFolder(value) ? parseDump(value) : urlOf(value)
}

const urlOf = (value: string): string => {
  const path = resolve(value)
  if (!existsSync(path)) throw new InvalidArgumentError('No such file.')
  return pathToFileURL(path).href
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

const parseDump = (value: string): string => `dump:${urlOf(value)}`

export const withProvider = (command: Command): Command =>
  command.addOption(
    new Option(
      '--provider <name>',
      'whose facts: linux, windows, a .dmp, a folder of them, or a module (default: this machine)',
    ).argParser(parseProvider),
  )

export const withView = (command: Command): Command =>
  withProvider(command)
    .addOption(
      new Option(
        '--dump <path>',
        'those of a crash dump, or of a folder of them; with labels',
      )
        .argParser(parseDump)
        .conflicts('provider'),
    )
    .addOption(
      new Option('--dialect <name>', 'whose form of maps')
        .choices(Object.keys(dialects))
        .default('linux'),
    )
    .addOption(
      new Option('--paths <style>', 'how Windows paths print')
        .choices(pathStyles)
        .default('mixed'),
    )
    .option(
      '--labels',
      'name heaps and stacks, too (default: not of live Linux)',
    )
    .option('--no-labels', 'name only what the system itself names')

/** A module that is asked for must load, and be a provider: else an Errno. */
const check = async (url: string): Promise<void> => {
  const path = fileURLToPath(url)
  const module = (await import(url).catch((error: unknown) => {
    const { message } = error as Error
    throw new Errno('EINVAL', `${path}: cannot be loaded: ${message}`)
  })) as { open?: unknown }
  if (typeof module.open !== 'function')
    throw new Errno('EINVAL', `${path}: exports no open(), as a provider does`)
}

/**
 * Whether heaps and stacks are found if nobody says: the text of Linux's own
 * processes is the kernel's, which names all that has a name.
 */
const labelled = (provider: string): boolean => provider !== 'linux'

/** The source that the options name. */
export const sourceOf = async ({
  dump,
  provider = dump ?? nativeOf(process.platform),
  labels,
}: SourceOptions): Promise<Source> => {
  if (provider === undefined)
    throw new Errno(
      'ENODEV',
      `no provider for ${process.platform} yet: name one with --provider`,
    )
  if (provider.startsWith('file:') && dumpIn(provider) === undefined)
    await check(provider)
  return { provider, options: { spans: labels ?? labelled(provider) } }
}

/** A number of an option, within bounds. */
export const number =
  (least: number, most: number, whole: 'whole' | 'any' = 'any') =>
  (value: string): number => {
    const parsed = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : NaN
    const fits = parsed >= least && parsed <= most
    if (!fits || (whole === 'whole' && !Number.isInteger(parsed)))
      throw new InvalidArgumentError(
        `It must be a ${whole === 'whole' ? 'whole ' : ''}number from ${least} to ${most}.`,
      )
    return parsed
  }
