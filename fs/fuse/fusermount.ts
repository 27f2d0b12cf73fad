import { spawnSync } from 'node:child_process'
import { Errno } from '../../provider/errno.ts'
import { close, unblock } from './device.ts'
import { newPair, receive } from './passing.ts'

/**
 * How a user other than root mounts: fusermount3, which is setuid root, opens
 * /dev/fuse, mounts it and passes the descriptor over a socket whose number is
 * in _FUSE_COMMFD (libfuse, util/fusermount.c).
 */
const names = ['fusermount3', 'fusermount']

/** Where a started program finds the socket: its first after stderr. */
const commfd = 3

/** What it is mounted with; nosuid, nodev and the user it adds by itself. */
const options = 'fsname=winprocfs,subtype=winprocfs,noexec'

type Pipes = ('ignore' | 'pipe' | number)[]

/** Runs the first of the two that is installed. */
const run = (args: readonly string[], socket?: number): void => {
  const stdio: Pipes = ['ignore', 'ignore', 'pipe']
  if (socket !== undefined) stdio[commfd] = socket
  for (const name of names) {
    const { error, status, stderr } = spawnSync(name, args, {
      stdio,
      env: { ...process.env, _FUSE_COMMFD: `${commfd}` },
      encoding: 'utf8',
    })
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
      continue
    if (error) throw error
    if (status === 0) return
    const [said] = stderr.trim().split('\n')
    throw new Errno('EPERM', said || `${name} ended with exit code ${status}`)
  }
  throw new Errno(
    'ENOENT',
    'fusermount3 is not installed: install the package fuse3, or run as root',
  )
}

/** Mounts at `point`: the descriptor to serve from, which does not block. */
export const mountAsUser = (point: string): number => {
  const [ours, theirs] = newPair()
  try {
    run(['-o', options, '--', point], theirs)
    const fd = receive(ours)
    if (fd === undefined)
      throw new Errno('EIO', 'fusermount3 has mounted, but passed nothing')
    unblock(fd)
    return fd
  } finally {
    close(ours)
    close(theirs)
  }
}

/** Takes the mount out of the tree, also while files are open in it. */
export const unmountAsUser = (point: string): void =>
  run(['-u', '-z', '--', point])
