import koffi from 'koffi'
import { lazily } from '../../provider/dll.ts'
import { codeOfNumber, Errno } from '../../provider/errno.ts'

/** Where a call takes or fills memory: the bytes of a typed array. */
type Bytes = Uint8Array

/** What is used here of the C library, by section 2 of the manual. */
interface Libc {
  read(fd: number, into: Bytes, size: number): number
  write(fd: number, from: Bytes, size: number): number
  poll(fds: Bytes, count: number, timeout: number): number
  open(path: string, flags: number): number
  close(fd: number): number
  fcntl(fd: number, command: number, type: 'int', value: number): number
  sched_yield(): number
  eventfd(initial: number, flags: number): number
  socketpair(domain: number, type: number, protocol: number, fds: Bytes): number
  recvmsg(fd: number, message: Bytes, flags: number): number
  mount(
    source: string,
    target: string,
    type: string,
    flags: number,
    data: string,
  ): number
  umount2(target: string, flags: number): number
  _exit(code: number): void
}

const prototypes = {
  read: 'int64 read(int, void *, uint64)',
  write: 'int64 write(int, void *, uint64)',
  poll: 'int poll(void *, ulong, int)',
  open: 'int open(str, int, ...)',
  close: 'int close(int)',
  fcntl: 'int fcntl(int, int, ...)',
  sched_yield: 'int sched_yield()',
  eventfd: 'int eventfd(uint, int)',
  socketpair: 'int socketpair(int, int, int, void *)',
  recvmsg: 'int64 recvmsg(int, void *, int)',
  mount: 'int mount(str, str, str, ulong, str)',
  umount2: 'int umount2(str, int)',
  _exit: 'void _exit(int)',
} as const satisfies Record<keyof Libc, string>

/** macOS lacks some. */
const bind = (): Libc => {
  const library = koffi.load(null)
  return lazily<Libc>(prototypes, name => library.func(prototypes[name]))
}

let bound: Libc | undefined

/**
 * The C library that node itself runs on, bound when first called, so that
 * this can be imported on any system. Each thread that imports this binds its
 * own.
 */
export const libc = (): Libc => (bound ??= bind())

/** What a call returned, or -errno if that was -1. */
export const result = (returned: number): number =>
  returned < 0 ? -koffi.errno() : returned

/** What a call returned; an Errno if that was -1, which tells of `what`. */
export const must = (returned: number, what: string): number => {
  if (returned >= 0) return returned
  const { code, message } = new Errno(codeOfNumber(koffi.errno()))
  throw new Errno(code, `${what}: ${message}`)
}

/**
 * Ends the process at once, other threads too, whatever they wait for; no exit
 * handler runs. `process.exit` would wait for threads that are in a call.
 */
export const leave = (code: number): void => libc()._exit(code)
