import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const child = new URL('./fuse-child.js', import.meta.url).pathname

/** A directory to mount in, removed at the end with all that is mounted. */
export interface Place {
  readonly folder: string
  /** An empty directory in it. */
  point(name: string): string
  remove(): void
}

export const newPlace = (): Place => {
  const folder = mkdtempSync(join(tmpdir(), 'winprocfs-mount-'))
  // for users other than the one who made it
  chmodSync(folder, 0o755)
  const points: string[] = []
  return {
    folder,
    point: name => {
      const point = join(folder, name)
      mkdirSync(point)
      points.push(point)
      return point
    },
    remove: () => {
      // an unmounted one fails, and so does one that a test has removed
      for (const point of points)
        while (spawnSync('umount', ['-l', point]).status === 0) continue
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface Server {
  readonly process: ChildProcess
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
  /** Ends it and leaves the mount behind. */
  kill(): Promise<void>
}

/**
 * Starts test/rig/fuse-child.ts with a mount at `point`; resolves when it
 * answers, rejects with what it wrote to stderr when it ends before that.
 */
export const serve = (point: string, ...mode: string[]): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = spawn(process.execPath, [child, point, ...mode], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let errors = ''
    server.stderr.setEncoding('utf8').on('data', text => (errors += text))
    const ended = new Promise<number | NodeJS.Signals | null>(end =>
      server.on('close', (code, signal) => end(signal ?? code)),
    )
    const kill = async (): Promise<void> => {
      server.kill('SIGKILL')
      await ended
    }
    server.stdout.once('data', () => resolve({ process: server, ended, kill }))
    void ended.then(() => reject(new Error(errors)))
  })

/** Runs a program with a limit, and without a shell: what it wrote. */
export const run = (
  program: string,
  ...args: readonly string[]
): { status: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, LC_ALL: 'C' },
  })
  return { status, stdout, stderr }
}

/**
 * Runs a shell script in a mount namespace of its own, where all may open
 * /dev/fuse: a node made for it covers the machine's, which stays as it is.
 * `$@` are the arguments. `user CMD…` runs a program as nobody.
 */
export const runPrivately = (
  script: string,
  ...args: readonly string[]
): ReturnType<typeof run> => {
  const folder = mkdtempSync(join(tmpdir(), 'winprocfs-dev-'))
  const before = `set -e
    mount -t tmpfs tmpfs "$1"
    mknod -m 666 "$1/fuse" c 10 229
    mount --bind "$1/fuse" /dev/fuse
    shift
    user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
  `
  try {
    const all = ['-m', 'sh', '-c', before + script, 'sh', folder, ...args]
    return run('unshare', ...all)
  } finally {
    rmdirSync(folder)
  }
}
