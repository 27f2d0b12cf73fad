import { mkdirSync, readdirSync, readlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { codeOf, Errno, textOf } from '../../provider/errno.ts'
import { unmount } from './mount.ts'
import { isOurs, mountAt, mounts, type Mounted } from './mountinfo.ts'
import { statCode } from './probe.ts'

/** Links followed before there must be a loop: MAXSYMLINKS. */
const linkBound = 40

/** How many mounts of ours may lie stale upon each other. */
const staleBound = 100

/** The mount whose point is just `path`, if there is one. */
const mountOn = (
  all: readonly Mounted[],
  path: string,
): Mounted | undefined => {
  const over = mountAt(all, path)
  return over?.point === path ? over : undefined
}

const namesOf = (path: string): string[] =>
  path.split('/').filter(name => name !== '' && name !== '.')

/** What a link leads to; undefined for what is not a link. */
const linkAt = (path: string): string | undefined => {
  try {
    return readlinkSync(path)
  } catch (error) {
    if (codeOf(error) === 'EINVAL') return undefined
    throw error
  }
}

/**
 * `point` as an absolute path without links, found without a question to any
 * mount of ours, whose server might hang: nothing inside one is looked at.
 * EINVAL for a path that leads there; ENOENT, ENOTDIR, EACCES, ELOOP for one
 * that leads nowhere.
 */
export const realPoint = (point: string): string => {
  const all = mounts()
  // not path.resolve: `..` after a link leads up from where that leads to
  const whole = point.startsWith('/') ? point : `${process.cwd()}/${point}`
  const todo = namesOf(whole).toReversed()
  let path = '/'
  let links = 0
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (name === '..') {
      path = dirname(path)
      continue
    }
    const next = join(path, name)
    const mount = mountOn(all, next)
    if (mount && isOurs(mount)) {
      if (todo.length === 0) return next
      throw new Errno(
        'EINVAL',
        `${point}: lies inside the winprocfs at ${next}`,
      )
    }
    const link = linkAt(next)
    if (link === undefined) {
      path = next
      continue
    }
    if (++links > linkBound) throw new Errno('ELOOP')
    if (link.startsWith('/')) path = '/'
    todo.push(...namesOf(link).toReversed())
  }
  return path
}

/** What to do about a mount point that will not do. */
const remedies: Record<string, string> = {
  ENOENT: 'create it first (mkdir), or choose another',
  ENOTDIR: 'choose a directory',
  EACCES: 'choose a directory of your own',
}

/** Names the point, and the remedy, in whatever an attempt fails with. */
const naming = <T>(point: string, attempt: () => T): T => {
  try {
    return attempt()
  } catch (error) {
    const code = codeOf(error)
    if (error instanceof Errno && error.message !== textOf(error.code))
      throw error
    if (code === undefined) throw error
    const remedy = remedies[code]
    const told = `${point}: ${textOf(code)}`
    throw new Errno(code, remedy ? `${told}: ${remedy}` : told)
  }
}

/** Whether a mount of ours has lost its server, as when that was killed. */
const isStale = (path: string): boolean => statCode(path) === 'ENOTCONN'

/** Mount points of ours without a server. */
export const staleMounts = (): string[] => {
  const points = mounts()
    .filter(isOurs)
    .map(({ point }) => point)
  return [...new Set(points)].filter(isStale)
}

/** Whether a live or stale mount of ours is what is seen at `path`. */
export const isOurPoint = (path: string): boolean => {
  const mount = mountOn(mounts(), path)
  return mount !== undefined && isOurs(mount)
}

/** Takes away what servers that were killed have left at `path`. */
const recover = (point: string, path: string): void => {
  for (let round = 0; isOurPoint(path); round++) {
    if (round === staleBound || !isStale(path)) {
      throw new Errno(
        'EBUSY',
        `${point}: a winprocfs is mounted there already: ` +
          `unmount it first (winprocfs unmount ${point})`,
      )
    }
    unmount(path)
  }
}

/** The kernel's own /proc must stay what it is: it is read from here. */
const refuseProc = (point: string, path: string): void => {
  if (path !== '/' && path !== '/proc' && !path.startsWith('/proc/')) return
  const told = path === '/' ? 'holds' : 'belongs to'
  throw new Errno(
    'EBUSY',
    `${point}: ${told} the kernel's /proc, which is needed: ` +
      'choose another directory',
  )
}

/**
 * Whether one can mount at `point`: its absolute path without links. What a
 * killed server has left there is unmounted first. With `make`, a directory
 * that is not there is made.
 *
 * Errno, with a detail that names the point and the remedy: ENOENT, ENOTDIR,
 * ENOTEMPTY, EACCES, EINVAL for a place inside another winprocfs, EBUSY for
 * /proc, what is in it or above it, and for what is mounted already.
 */
export const checkPoint = (point: string, make = false): string =>
  naming(point, () => {
    if (make) makeDirectory(point)
    const path = realPoint(point)
    refuseProc(point, path)
    recover(point, path)
    const mount = mountOn(mounts(), path)
    if (mount?.type.startsWith('fuse')) {
      throw new Errno(
        'EBUSY',
        `${point}: ${mount.type} is mounted there already: choose another directory`,
      )
    }
    if (readdirSync(path).length > 0)
      throw new Errno(
        'ENOTEMPTY',
        `${point}: not empty: choose another directory`,
      )
    return path
  })

/**
 * mkdir -p, but nothing is asked of what is there: it may be a stale mount.
 * (Node's own is not used: it never returns from a place in /proc.)
 */
const makeDirectory = (point: string): void => {
  try {
    realPoint(point)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    makeDirectory(dirname(point))
    refuseProc(point, join(realPoint(dirname(point)), basename(point)))
    mkdirSync(point)
  }
}
