import { Errno } from '../../provider/errno.ts'
import { close, openDevice } from '../fuse/device.ts'
import { checkPoint } from '../fuse/mountpoint.ts'
import type { Host } from '../host.ts'
import { loadPackage } from './load.ts'
import { Serving } from './serving.ts'

/** What the threads of a mount need to know of it: it is served in one. */
export interface Channel {
  /** Tells this process's mounts apart. */
  readonly number: number
}

const served = new Map<number, Serving>()

const of = ({ number }: Channel): Serving => served.get(number) as Serving

/** Bytes of a path that the package has room for, with its NUL. */
const longest = 1024

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
 *
 * On macOS, where none of this has been tried, the package unmounts in its own
 * way, and an unmount from outside goes unnoticed: there is no mountinfo.
 */
export const fuseNative = {
  blocks: false,
  prepare: checkPoint,

  /** The mount itself comes with `serve`: the package cannot do one alone. */
  open(point, options) {
    if (Buffer.byteLength(point) >= longest)
      throw new Errno('ENAMETOOLONG', `${point}: too long for fuse-native`)
    loadPackage()
    // libfuse would only say that it failed
    if (process.platform === 'linux') close(openDevice())
    const number = served.size
    served.set(number, new Serving(point, options))
    return { number }
  },

  serve: (channel, filesystem, hooks) => of(channel).serve(filesystem, hooks),

  relay: channel => of(channel).waiting.answer,

  unmount: channel => of(channel).takeAway(),

  wake: channel => of(channel).end('stopped'),
} as const satisfies Host<Channel>
