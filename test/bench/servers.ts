import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Built } from '../rig/cc.ts'
import { noProgram } from '../rig/need.ts'
import { text } from './provider.ts'

/** What the servers of one run have in common. */
export interface Setting {
  /** A directory of the run's own. */
  readonly folder: string
  /** hello.c, compiled. */
  readonly hello: Built
}

/** A server that is up. */
export interface Served {
  /** Where it is mounted. */
  readonly point: string
  end(): Promise<void>
}

export interface ServerKind {
  readonly name: string
  /** Why it cannot be measured here; false if it can. */
  readonly missing: string | false
  /** Program and arguments; undefined where there is nothing to start. */
  readonly command: (
    point: string,
    cache: number,
    setting: Setting,
  ) => readonly string[] | undefined
}

const cli = new URL('../../src/cli.js', import.meta.url).pathname
const finished = new URL('./finished.js', import.meta.url).pathname
const provider = new URL('./provider.js', import.meta.url).pathname

/** Ours, by the name of its host. */
const ours = (host: string): ServerKind => ({
  name: host,
  missing: false,
  command: (point, cache) => [
    process.execPath,
    cli,
    'mount',
    `--host=${host}`,
    `--provider=${provider}`,
    `--cache=${cache}`,
    point,
  ],
})

export const kinds = {
  hello: {
    name: 'C, libfuse3, one thread',
    missing: false,
    command: (point, cache, { folder, hello }) => {
      const file = join(folder, 'bytes')
      writeFileSync(file, text)
      return [hello.path, '-t', `${cache}`, '-p', 'proc/1/maps', file, point]
    },
  },
  bytes: {
    name: 'fuse, its host alone',
    missing: false,
    command: (point, cache) => [
      process.execPath,
      finished,
      'fuse',
      `${cache}`,
      point,
    ],
  },
  fuse: ours('fuse'),
  native: ours('fuse-native'),
  lxcfs: {
    name: 'lxcfs',
    missing: noProgram('lxcfs'),
    // it has no option for how long names are cached: a second
    command: (point, _, { folder }) => [
      'lxcfs',
      '-f',
      '-p',
      join(folder, 'lxcfs.pid'),
      point,
    ],
  },
  kernel: { name: 'kernel', missing: false, command: () => undefined },
} as const satisfies Record<string, ServerKind>

export type KindName = keyof typeof kinds

/** Milliseconds that a server has to come up. */
const patience = 10_000

const isMountPoint = (point: string): boolean =>
  spawnSync('mountpoint', ['-q', point]).status === 0

const up = async (server: ChildProcess, point: string): Promise<void> => {
  const late = performance.now() + patience
  while (!isMountPoint(point)) {
    if (server.exitCode !== null || performance.now() > late)
      throw new Error(`${server.spawnargs.join(' ')}: did not mount`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** Starts one; its files can be opened when this resolves. */
export const start = async (
  kind: ServerKind,
  cache: number,
  setting: Setting,
): Promise<Served> => {
  const name = `${kind.name}-${cache}`.replaceAll(/\W+/g, '-')
  const point = join(setting.folder, name)
  const command = kind.command(point, cache, setting)
  if (!command) return { point: '/', end: async () => {} }
  mkdirSync(point)
  const [program = '', ...args] = command
  const server = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  server.stderr.setEncoding('utf8').on('data', text => (errors += text))
  const ended = once(server, 'exit')
  const end = async (): Promise<void> => {
    server.kill('SIGTERM')
    const late = setTimeout(() => server.kill('SIGKILL'), 5000)
    await ended
    clearTimeout(late)
    // what it has left behind, if it has; a mount without a server, too
    while (spawnSync('umount', ['-l', point]).status === 0) continue
  }
  try {
    await up(server, point)
  } catch (error) {
    await end()
    throw new Error(`${kind.name}: ${errors}`, { cause: error })
  }
  return { point, end }
}
