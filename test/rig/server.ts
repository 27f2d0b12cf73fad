import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { mounts } from '../../fs/fuse/mountinfo.ts'
import type { Held } from '../../fs/host.ts'
import type { HostName } from '../../fs/index.ts'

const cli = new URL('../../src/cli.js', import.meta.url).pathname

/** The compiled module of a fixture that is a provider. */
export const providerOf = (fixture: string): string =>
  new URL(`../fixtures/${fixture}.js`, import.meta.url).pathname

export interface Exit {
  /** Exit code, or the signal that ended it. */
  readonly status: number | NodeJS.Signals | null
  /** What it wrote to stderr. */
  readonly errors: string
}

/** A process that has mounted and serves. */
export interface Server {
  readonly point: string
  /** Its /proc. */
  readonly proc: string
  readonly pid: number
  readonly ended: Promise<Exit>
  /** What programs hold of the mount, as of when it last was idle. */
  held(): Promise<Held>
  end(signal?: NodeJS.Signals): Promise<Exit>
}

export interface Setting {
  readonly host: HostName
  /** A provider's name or path; the machine's own by default. */
  readonly provider?: string
  /** Milliseconds. */
  readonly deadline?: number
  readonly walkers?: number
  /** A directory that stays; by default one is made, and removed at the end. */
  readonly point?: string
  /** Started through this program. */
  readonly through?: readonly string[]
}

/** The command line that starts a server. */
export const commandOf = (
  { host, provider = 'linux', deadline = 10_000, walkers }: Setting,
  point: string,
): readonly string[] => [
  process.execPath,
  cli,
  'mount',
  `--host=${host}`,
  `--provider=${provider}`,
  `--deadline=${deadline / 1000}`,
  ...(walkers === undefined ? [] : [`--walkers=${walkers}`]),
  point,
]

/** Whether anything is mounted there. */
export const isMounted = (point: string): boolean =>
  mounts().some(mount => mount.point === point)

export const newPoint = (): string =>
  mkdtempSync(join(tmpdir(), 'winprocfs-point-'))

/** Seconds that a server has for its end. */
const patience = 60

/**
 * Mounts, in a process of its own; comes back when programs can open files
 * there. At the end of the test it is ended, and nothing may be left mounted.
 */
export const serve = async (t: Test, setting: Setting): Promise<Server> => {
  const { point = newPoint(), through = [] } = setting
  const [program = '', ...args] = [...through, ...commandOf(setting, point)]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', text => (errors += text))
  const ended = once(child, 'close').then(([code, signal]): Exit => ({
    status: signal ?? code,
    errors,
  }))
  const end = (signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> => {
    child.kill(signal)
    return ended
  }
  t.teardown(async () => {
    const late = sleep(patience * 1000, 'late' as const, { ref: false })
    const isLate = (await Promise.race([end(), late])) === 'late'
    if (isLate) await end('SIGKILL')
    let left = false
    while (isMounted(point)) {
      left = true
      if (spawnSync('umount', ['-l', point]).status !== 0) break
    }
    if (!setting.point) rmdirSync(point)
    if (isLate) throw new Error(`${point}: the server did not end: ${errors}`)
    if (left) throw new Error(`${point}: was left mounted`)
  })
  const first = await Promise.race([once(child.stdout, 'data'), ended])
  if (!Array.isArray(first)) throw new Error(`did not mount: ${first.errors}`)
  const pid = child.pid as number
  const held = async (): Promise<Held> => {
    const told = once(child.stderr, 'data')
    child.kill('SIGUSR1')
    const [nodes = NaN, files = NaN, directories = NaN] =
      String(await told)
        .match(/\d+/g)
        ?.map(Number) ?? []
    return { nodes, files, directories }
  }
  return { held, point, proc: join(point, 'proc'), pid, ended, end }
}
