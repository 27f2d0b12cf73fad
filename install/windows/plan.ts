/**
 * What `install` and `uninstall` do, as steps: made of facts and options alone,
 * shown to who is asked, then done in order (perform.ts).
 */
import { keys, recorded, taskName } from './names.ts'
import { Refusal } from './refusal.ts'
import type { Value } from './registry.ts'
import { everyone, serviceOf, type Program } from './service.ts'
import { quoted, taskXml } from './task.ts'

/** Programs of Windows that steps run. */
export type Tool = 'msiexec' | 'schtasks' | 'winget'

type Doing =
  /** Runs a program; `good` are the exit codes that it may end with. */
  | {
      readonly kind: 'run'
      readonly tool: Tool
      readonly args: readonly string[]
      readonly good: readonly number[]
    }
  /** Makes a key hold these values and nothing else. */
  | {
      readonly kind: 'replace'
      readonly key: string
      readonly values: Readonly<Record<string, Value>>
    }
  /** Adds values to a key. */
  | {
      readonly kind: 'add'
      readonly key: string
      readonly values: Readonly<Record<string, Value>>
    }
  /** Adds to the record which WinFsp is there now. */
  | { readonly kind: 'product' }
  | { readonly kind: 'remove'; readonly key: string }
  | { readonly kind: 'task'; readonly xml: string }
  /** Ends the task and takes it away, if it is there. */
  | { readonly kind: 'untask' }

/** `told`: what it does, for people; a step without it goes with the last. */
export type Step = Doing & { readonly told?: string }

export interface InstallOptions {
  /** The absolute path of an installer of WinFsp. */
  readonly msi?: string
  /** The drive letter to mount at boot: `P:`. */
  readonly boot?: string
}

/** What the machine has, as far as `install` goes by it. */
export interface Present {
  readonly winfsp: boolean
  /** Whether it is `install` that brought it. */
  readonly ours: boolean
  readonly program: Program
  /** SID of the user. */
  readonly user: string
  /** Folders in which only administrators may write. */
  readonly guarded: readonly string[]
}

/** msiexec's: done, done and a restart is needed, done and it restarts. */
export const needsRestart: readonly number[] = [3010, 1641]
const installed = [0, ...needsRestart]
/** msiexec's: that product is not installed; someone was faster. */
const unknownProduct = 1605

const winget = [
  'install',
  '--id=WinFsp.WinFsp',
  '--exact',
  '--source=winget',
  '--silent',
  '--accept-package-agreements',
  '--accept-source-agreements',
  '--disable-interactivity',
]

const isBelow = (path: string, folder: string): boolean =>
  folder !== '' &&
  path
    .toLowerCase()
    .startsWith(`${folder.replace(/\\+$/, '').toLowerCase()}\\`) &&
  !/(?:^|\\)\.\.?(?:\\|$)/.test(path)

/**
 * The path, node's or the script's, that others than administrators may be
 * able to write to; undefined if neither. Told by where they lie: below
 * Program Files nobody else may, elsewhere it is taken that they may.
 */
const openPath = ({ program, guarded }: Present): string | undefined =>
  [program.node, program.cli].find(
    path => !guarded.some(folder => isBelow(path, folder)),
  )

const getWinfsp = (
  { winfsp, ours }: Present,
  { msi }: InstallOptions,
): Step[] => [
  msi === undefined
    ? {
        kind: 'run',
        tool: 'winget',
        args: winget,
        good: [0],
        told: 'install WinFsp by winget',
      }
    : {
        kind: 'run',
        tool: 'msiexec',
        args: ['/i', msi, '/qn', '/norestart'],
        good: installed,
        told: `install WinFsp from ${msi}`,
      },
  // one that was there before is not ours to take away, upgraded or not
  ...(winfsp && !ours ? [] : [{ kind: 'product' } as const]),
]

const atBoot = (letter: string, present: Present): Step[] => {
  const open = openPath(present)
  if (open !== undefined)
    throw new Refusal(
      `--boot runs as LocalSystem, and others than administrators may write to ${open}: install node and winprocfs below Program Files`,
    )
  const { node, cli } = present.program
  const args = `${quoted(cli)} mount ${letter}`
  return [
    {
      kind: 'add',
      key: keys.record,
      values: { [recorded.task]: taskName },
      told: `mount ${letter} when the machine starts, by a scheduled task`,
    },
    {
      kind: 'task',
      xml: taskXml(`Mounts ${letter} (winprocfs)`, node, args),
    },
  ]
}

/**
 * WinFsp, where it is missing or an installer is named; the service; the task.
 * Who may start the service: everyone, where nobody else could put other code
 * in its place, else only the user who installs. Throws Refusal.
 */
export const planInstall = (
  present: Present,
  options: InstallOptions,
): Step[] => {
  const who = openPath(present) === undefined ? everyone : present.user
  const values = serviceOf(present.program, who)
  const boot = options.boot === undefined ? [] : atBoot(options.boot, present)
  return [
    ...(present.winfsp && options.msi === undefined
      ? []
      : getWinfsp(present, options)),
    {
      kind: 'replace',
      key: keys.service,
      values,
      told: `have "net use P: \\\\winprocfs\\proc" start ${present.program.cli}, for ${who === everyone ? 'everyone' : 'this user'}`,
    },
    ...boot,
  ]
}

/** What `install` left, by the registry. */
export interface Left {
  readonly service: boolean
  readonly product: string | undefined
  readonly task: string | undefined
}

/** Nothing else than a product code is ever handed to msiexec. */
const isCode = (text: string): boolean => /^\{[\dA-F-]{36}\}$/i.test(text)

/**
 * The way back: what is left of an installation, and nothing else. WinFsp goes
 * only if `install` brought it, and only the very one.
 */
export const planUninstall = (left: Left, keepWinfsp: boolean): Step[] => {
  const steps: Step[] = []
  if (left.task !== undefined)
    steps.push({
      kind: 'untask',
      told: 'no longer mount when the machine starts',
    })
  if (left.service)
    steps.push({
      kind: 'remove',
      key: keys.service,
      told: 'take "net use" its \\\\winprocfs',
    })
  if (left.product !== undefined && !keepWinfsp && isCode(left.product))
    steps.push({
      kind: 'run',
      tool: 'msiexec',
      args: ['/x', left.product, '/qn', '/norestart'],
      good: [...installed, unknownProduct],
      told: 'uninstall WinFsp, which install brought (others may use it by now)',
    })
  if (left.product !== undefined || left.task !== undefined)
    steps.push({ kind: 'remove', key: keys.record })
  return steps
}
