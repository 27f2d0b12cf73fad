import { Errno } from '../../provider/errno.ts'
import { close, openDevice } from '../fuse/device.ts'
import { unmount } from '../fuse/mount.ts'
import { checkPoint, isOurPoint } from '../fuse/mountpoint.ts'
import type { Ending, Host, HostOptions } from '../host.ts'
import { loadPackage } from './load.ts'
import { handlersOf } from './operations.ts'
import { optionsOf } from './options.ts'
import { Waiting } from './waiting.ts'
import { watch } from './watch.ts'

/** What the threads of a mount need to know of it. */
export interface Channel extends HostOptions {
  /** Absolute, without links. */
  readonly point: string
  /** Tells this process's mounts apart. */
  readonly number: number
}

/** A mount, in the thread that serves it. */
interface Served {
  readonly waiting: Waiting
  /** False once it is to end: what comes later is refused. */
  open: boolean
  /** Ends serving. */
  end(ending: Ending): void
}

const served = new Map<number, Served>()
let last = 0

const of = ({ number }: Channel): Served => served.get(number) as Served

const takeAway = (channel: Channel): void => {
  of(channel).open = false
  if (isOurPoint(channel.point)) unmount(channel.point)
}

/** Bytes of a path that the package has room for, with its NUL. */
const longest = 1024

const unmountable = (point: string, { message }: Error): Errno =>
  new Errno(
    'EIO',
    `${point}: fuse-native cannot mount: ${message}` +
      (process.getuid?.() === 0
        ? ''
        : '; for a user, libfuse needs fusermount: install the package fuse3'),
  )

/**
 * Serves through the fuse-native package (libfuse 2.9, by path), in the main
 * thread: in a worker it aborts the process. What the package does not tell
 * or cannot do:
 *
 * - Who calls. So nobody but the user who mounts gets in, root included unless
 *   root mounts, and all of `/proc/self`, `thread-self` and `mounts` is left
 *   out.
 * - direct_io and times of caching per file, inode numbers of 64 bits.
 * - Interrupts: a reader that is killed while it waits for a walk ends when
 *   the walk does, or at its deadline.
 * - Processes as identities: a directory that is held open across the end of
 *   its process shows the next one of that pid. Open files do not.
 * - It gets slower with more than five readers at work at the same time and
 *   does not recover, for each thread that libfuse then starts leaves a handle
 *   behind in node's loop. Mounting anew, in a new process, helps.
 * - It needs libfuse.so.2; the one that it brings along is used where the
 *   system has none.
 */
export const fuseNative = {
  blocks: false,
  prepare: checkPoint,

  /** The mount itself comes with `serve`: the package cannot do one alone. */
  open(point, { cache }) {
    if (Buffer.byteLength(point) >= longest)
      throw new Errno('ENAMETOOLONG', `${point}: too long for fuse-native`)
    loadPackage()
    if (process.platform === 'linux') close(openDevice())
    const number = ++last
    served.set(number, { waiting: new Waiting(), open: true, end() {} })
    return { point, cache, number }
  },

  serve(channel, filesystem, { ready, log }) {
    const { point } = channel
    const mount = of(channel)
    const caller = {
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      tid: 0,
    }
    const handlers = handlersOf({
      filesystem,
      caller,
      waiting: mount.waiting,
      isOpen: () => mount.open,
      log,
    })
    const Package = loadPackage()
    class Fuse extends Package {
      /** What `mount` gives libfuse: the package's own has not all of it. */
      _fuseOptions(): string {
        return optionsOf(channel)
      }
    }
    // `unmount` has done it, and the package would wait for a program
    if (process.platform === 'linux') Package.unmount = (_, done) => done(null)
    return new Promise((resolve, reject) => {
      const fuse = new Fuse(point, handlers, { timeout: false })
      let timer: NodeJS.Timeout | undefined
      let up = false
      let ending: Ending | undefined
      const finish = (): void => {
        clearInterval(timer)
        fuse.unmount(() => resolve(ending as Ending))
      }
      mount.end = why => {
        if (ending) return
        ending = why
        mount.open = false
        if (up) finish()
      }
      fuse.mount(error => {
        if (error) return reject(unmountable(point, error))
        up = true
        if (ending) {
          takeAway(channel)
          return finish()
        }
        timer = watch(point, () => mount.end('unmounted'))
        ready()
      })
    })
  },

  relay: channel => of(channel).waiting.answer,

  unmount: takeAway,

  wake(channel) {
    of(channel).end('stopped')
  },
} as const satisfies Host<Channel>
