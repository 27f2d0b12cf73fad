import { Errno, numberOf } from '../../provider/errno.ts'
import type { Host, HostOptions } from '../host.ts'
import { answerTo } from './answer.ts'
import * as device from './device.ts'
import { mount, unmount } from './mount.ts'
import { mountAt, mounts } from './mountinfo.ts'
import { checkPoint } from './mountpoint.ts'
import { Session } from './session.ts'

/** What the threads of a mount need to know of it. */
export interface Channel extends HostOptions {
  /** Absolute, without links. */
  readonly point: string
  /**
   * The mount's id; what else is mounted there is another's. Undefined if
   * mountinfo could not be read then: whatever of ours is there is taken for it.
   */
  readonly id: number | undefined
  /** The connection's descriptor, one for all threads. */
  readonly fd: number
  /** Wakes the loop: an eventfd. */
  readonly event: number
}

/** Negated errno of a read that brings no request but is no end either. */
const passing: ReadonlySet<number> = new Set([
  // read again
  -numberOf('EINTR'),
  // the request was interrupted before it was read
  -numberOf('ENOENT'),
])

const again = -numberOf('EAGAIN')

/**
 * How often the device may be found empty before the thread sleeps: some 50 µs,
 * in which a lone reader's next request comes. To be woken takes longer than
 * all else that a request does: one reader alone gets 2.5 times as many files
 * a second, many at once as many as before.
 */
const spins = 50

/** Requests between two looks at the event while they do not cease. */
const busy = 256

/**
 * Serves by reading /dev/fuse in a thread of its own: requests are taken
 * while there are any, then poll(2) blocks until there is one more, or the
 * event wakes it. What other threads have to say is taken up between the
 * blocking call and the request.
 */
export const fuse = {
  blocks: true,

  prepare(point, make) {
    if (process.platform !== 'linux')
      throw new Errno('ENODEV', 'fuse serves on Linux only')
    return checkPoint(point, make)
  },

  open(point, { cache }) {
    // before the mount: nothing that throws may come after it
    const event = device.newEvent()
    const fd = mount(point)
    return { point, id: mountAt(mounts(), point)?.id, fd, event, cache }
  },

  serve({ fd, event, cache }, filesystem, hooks) {
    const session = new Session(filesystem, { cache }, hooks.log)
    const { input, output } = session
    hooks.ready()
    let empty = 0
    let served = 0
    const isWoken = (timeout: number): boolean =>
      (device.wait(fd, event, timeout) & device.Ready.event) !== 0
    for (;;) {
      const length = device.read(fd, input)
      if (length > 0) {
        empty = 0
        hooks.drain()
        const reply = session.handle(length)
        // an interrupted request needs no reply any more: ENOENT is normal
        if (reply > 0) device.write(fd, output, reply)
        if (++served % busy === 0 && isWoken(0)) return 'stopped'
      } else if (length === again && empty < spins) {
        empty++
        device.pass()
      } else if (length === again) {
        hooks.idle(session.held)
        if (isWoken(-1)) return 'stopped'
      } else if (!passing.has(length)) {
        return 'unmounted'
      }
    }
  },

  answer: ({ fd }) => answerTo(fd),

  unmount({ point, id }) {
    if (id === undefined || mountAt(mounts(), point)?.id === id) unmount(point)
  },

  wake({ event }) {
    device.signal(event)
  },
} as const satisfies Host<Channel>
