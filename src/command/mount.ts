import { join } from 'node:path'
import { Option } from 'commander'
import { hostNames, type HostName } from '../../fs/index.ts'
import { dumpIn, type Source } from '../../provider/index.ts'
import { detach, isDaemon, startDaemon } from '../daemon.ts'
import { log } from '../log.ts'
import { complain, textOfError } from '../message.ts'
import type { MountOptions } from '../mount.ts'
import { write } from '../stdout.ts'
import { examples, type Register } from './command.ts'
import { number, sourceOf, withView, type ViewOptions } from './options.ts'

interface MountCommandOptions extends ViewOptions {
  readonly host: HostName
  readonly size?: 'exact' | 'zero'
  /** Seconds. */
  readonly deadline: number
  readonly cache?: number
  readonly walkers?: number
  readonly daemon?: true
  readonly mkdir?: true
  readonly unc?: string
}

const isWindows = process.platform === 'win32'

/** Processes that are there for sure and may be read: our own, or those dumped. */
const shownOf = ({ provider }: Source, pid: number): string =>
  dumpIn(provider) === undefined ? `${pid}` : '[1-9]*'

/**
 * As programs write it; WinFsp's Launcher has but one backslash ahead, and a
 * POSIX shell's user slashes, of which MSYS takes one away.
 */
const parseUnc = (value: string): string =>
  value.replaceAll('/', '\\').replace(/^\\*/, '\\\\')

/** A path below a mount point; `P:` alone is where one last was on P. */
const below = (point: string, ...names: readonly string[]): string =>
  join(isWindows && point.endsWith(':') ? `${point}\\` : point, ...names)

/** What to try. */
const invitation = (point: string, shown: string): string =>
  [
    `Mounted at ${point}. Try, in another terminal:`,
    `  ${isWindows ? 'dir' : 'ls'} ${below(point, 'proc')}`,
    `  ${isWindows ? 'type' : 'cat'} ${below(point, 'proc', shown, 'maps')}`,
    '',
  ].join('\n')

/** A reader of standard output that went away does not end a mount. */
const say = (text: string): void => {
  try {
    write(text)
  } catch (error) {
    log(textOfError(error))
  }
}

const inBackground = async (point: string, source: Source): Promise<number> => {
  const args = process.argv.slice(2).filter(arg => arg !== '--daemon')
  const started = await startDaemon(args)
  if ('code' in started) return started.code
  say(invitation(point, shownOf(source, started.pid)))
  say(`winprocfs unmount ${point} ends it.\n`)
  return 0
}

/** Does not return: what hangs in a call would keep any other exit waiting. */
const inForeground = async (options: MountOptions): Promise<void> => {
  const { point, unc = '' } = options
  const name = point || unc
  const told = `${invitation(name, shownOf(options.source, process.pid))}Ctrl-C unmounts.\n`
  const { leave, serveMount } = await import('../foreground.ts')
  try {
    leave(await serveMount(options, () => (isDaemon() ? detach() : say(told))))
  } catch (error) {
    complain(name, error)
    leave(1)
  }
}

export const registerMount: Register = (program, exit) => {
  withView(program.command('mount'))
    .description('Mount the tree, and serve it until Ctrl-C')
    .argument(
      '[point]',
      'an empty directory; on Windows a drive letter, or a folder to be made',
    )
    .addOption(
      new Option('--host <name>', 'what serves it')
        .choices(hostNames)
        .default(isWindows ? 'winfsp' : 'fuse'),
    )
    .addOption(
      new Option(
        '--size <kind>',
        'the size that winfsp tells of an open file: of its text, or 0',
      )
        .choices(['exact', 'zero'])
        .default('exact'),
    )
    .addOption(
      new Option('--deadline <seconds>', 'how long a file may take to be made')
        .argParser(number(0.1, 3600))
        .default(10),
    )
    .addOption(
      new Option(
        '--walkers <n>',
        'threads that walk processes (default: one per core, at least 2)',
      ).argParser(number(1, 64, 'whole')),
    )
    .addOption(
      new Option(
        '--cache <seconds>',
        'let the kernel keep all names and attributes for so long',
      ).argParser(number(0, 86_400)),
    )
    .addOption(
      new Option(
        '--unc <name>',
        'on Windows: a network drive of that name, or with no point just the name',
      ).argParser(parseUnc),
    )
    .option('--daemon', 'return once it is mounted, and serve on')
    .option('--mkdir', 'make the mount point, and remove it at the end')
    .addHelpText(
      'after',
      examples(
        'winprocfs mount --mkdir mnt',
        'winprocfs mount --daemon --labels /mnt/winproc',
        'winprocfs mount --mkdir --dump app.dmp mnt',
        'winprocfs mount --host fuse-native --paths wsl mnt',
        'winprocfs mount P:',
        String.raw`winprocfs mount --unc \\winprocfs\proc P:`,
      ),
    )
    .action(async (given: string | undefined, options: MountCommandOptions) => {
      const { dialect, paths, deadline, host, unc } = options
      const wrong = (what: string): never => program.error(`error: ${what}`)
      if (unc !== undefined && host !== 'winfsp')
        return wrong("option '--unc <name>' is for --host winfsp")
      if (given === undefined && unc === undefined)
        return wrong("missing required argument 'point'")
      const point = given ?? ''
      const name = point || (unc ?? point)
      const source = await sourceOf(options)
      if (options.daemon) return exit(await inBackground(name, source))
      const { walkers, cache, mkdir, size } = options
      return inForeground({
        point,
        host,
        source,
        view: { dialect, paths },
        deadline: deadline * 1000,
        walkers,
        cache,
        mkdir,
        size,
        unc,
      })
    })
}
