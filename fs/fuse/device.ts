import koffi from 'koffi'
import { codeOfNumber, Errno } from '../../provider/errno.ts'
import { i32, layout, u16 } from '../../provider/nt/layout.ts'
import { libc, must, result } from './libc.ts'

/** include/uapi/asm-generic/fcntl.h; the same on x64 and arm64. */
const O_RDWR = 0o2
const O_NONBLOCK = 0o4000
const O_CLOEXEC = 0o200_0000

/** EFD_CLOEXEC and EFD_NONBLOCK are those of open(2). */
const eventFlags = O_CLOEXEC | O_NONBLOCK

const F_SETFL = 4

const path = '/dev/fuse'

/** What is wrong with /dev/fuse, by errno, and what to do. */
const remedies: Record<string, string> = {
  ENOENT:
    `${path} is missing: load the kernel's module (modprobe fuse), ` +
    `or start the container with --device ${path}`,
  EACCES: `${path} may not be opened: run as root, or chmod 666 ${path}`,
  EPERM:
    `${path} may not be opened here: ` +
    `start the container with --device ${path}`,
  ENODEV: `${path} has no driver: load the kernel's module (modprobe fuse)`,
}

/** ENXIO is what a device node without a driver gives, too. */
const ENXIO = 6

/**
 * A new connection, not mounted yet: a descriptor that does not block, and
 * that no program inherits. An Errno whose detail tells the remedy.
 */
export const openDevice = (): number => {
  const fd = libc().open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
  if (fd >= 0) return fd
  const number = koffi.errno()
  const code = number === ENXIO ? 'ENODEV' : codeOfNumber(number)
  const { message } = new Errno(code)
  throw new Errno(code, remedies[code] ?? `${path}: ${message}`)
}

/** Makes reads of a descriptor that came from elsewhere return at once. */
export const unblock = (fd: number): void => {
  must(libc().fcntl(fd, F_SETFL, 'int', O_NONBLOCK), 'fcntl')
}

/**
 * Reads once: how many bytes, or -errno. From /dev/fuse it is one request,
 * whole. EAGAIN: there is none; ENOENT: it was interrupted before it was read;
 * EINTR: a signal came; ENODEV: the file system is unmounted.
 */
export const read = (fd: number, into: Uint8Array): number =>
  result(libc().read(fd, into, into.length))

/**
 * Writes the first `length` bytes in one call: how many, or -errno. To
 * /dev/fuse it is one reply; ENOENT: its request was interrupted, and nothing
 * needs to be done.
 */
export const write = (fd: number, from: Uint8Array, length: number): number =>
  result(libc().write(fd, from, length))

/** Lets others have the processor, if any wait for it. */
export const pass = (): void => {
  libc().sched_yield()
}

export const close = (fd: number): void => {
  libc().close(fd)
}

/**
 * A counter to wake a thread with that waits: eventfd(2). The descriptor can
 * be signalled from any thread, and from a signal handler's callback.
 */
export const newEvent = (): number =>
  must(libc().eventfd(0, eventFlags), 'eventfd')

const one = new Uint8Array(new BigUint64Array([1n]).buffer)
const counter = new Uint8Array(8)

/** Never blocks: a counter that is full has been signalled. */
export const signal = (event: number): void => {
  libc().write(event, one, one.length)
}

/** Sets the counter to 0: whether it was signalled. */
export const drain = (event: number): boolean =>
  libc().read(event, counter, counter.length) > 0

/** struct pollfd (include/uapi/asm-generic/poll.h). */
const PollFd = layout(0x8, {
  fd: [0x0, i32],
  events: [0x4, u16], // what to wait for: POLLIN
  revents: [0x6, u16], // what there is: POLLIN, POLLERR, POLLHUP, POLLNVAL
})

const POLLIN = 1

const fds = new Uint8Array(new ArrayBuffer(2 * PollFd.size))
const view = new DataView(fds.buffer)
const first = PollFd.view(view)
const second = PollFd.view(view, PollFd.size)

/** Bits of what {@link wait} returns. */
export const Ready = {
  /** There is a request, or an error that reading tells. */
  request: 1,
  event: 2,
} as const

/**
 * Blocks the thread until a request can be read or the event is signalled, or
 * `timeout` milliseconds have passed (-1: for ever). A sum of Ready: 0 at the
 * timeout, or when a signal came.
 */
export const wait = (fuse: number, event: number, timeout: number): number => {
  first.fd = fuse
  first.events = POLLIN
  second.fd = event
  second.events = POLLIN
  if (libc().poll(fds, 2, timeout) <= 0) return 0
  return (first.revents && Ready.request) | (second.revents && Ready.event)
}
