import koffi from 'koffi'
import { codeOfNumber, Errno } from '../../provider/errno.ts'

/** Where a call takes or fills memory: the bytes of a typed array. */
type Bytes = Uint8Array

/** Binds what is used here of the C library that node itself runs on. */
const bind = () => {
  const library = koffi.load(null)
  return {
    read: library.func('int64 read(int, void *, uint64)') as (
      fd: number,
      into: Bytes,
      size: number,
    ) => number,
    write: library.func('int64 write(int, void *, uint64)') as (
      fd: number,
      from: Bytes,
      size: number,
    ) => number,
    poll: library.func('int poll(void *, ulong, int)') as (
      fds: Bytes,
      count: number,
      timeout: number,
    ) => number,
    open: library.func('int open(str, int, ...)') as (
      path: string,
      flags: number,
    ) => number,
    close: library.func('int close(int)') as (fd: number) => number,
    fcntl: library.func('int fcntl(int, int, ...)') as (
      fd: number,
      command: number,
      type: 'int',
      value: number,
    ) => number,
    sched_yield: library.func('int sched_yield()') as () => number,
    eventfd: library.func('int eventfd(uint, int)') as (
      initial: number,
      flags: number,
    ) => number,
    socketpair: library.func('int socketpair(int, int, int, void *)') as (
      domain: number,
      type: number,
      protocol: number,
      fds: Bytes,
    ) => number,
    recvmsg: library.func('int64 recvmsg(int, void *, int)') as (
      fd: number,
      message: Bytes,
      flags: number,
    ) => number,
    mount: library.func('int mount(str, str, str, ulong, str)') as (
      source: string,
      target: string,
      type: string,
      flags: number,
      data: string,
    ) => number,
    umount2: library.func('int umount2(str, int)') as (
      target: string,
      flags: number,
    ) => number,
    exit: library.func('void _exit(int)') as (code: number) => void,
  }
}

let bound: ReturnType<typeof bind> | undefined

/**
 * The C library, bound when first called, so that this can be imported on any
 * system. Each thread that imports this binds its own.
 */
export const libc = (): ReturnType<typeof bind> => (bound ??= bind())

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
export const leave = (code: number): void => libc().exit(code)
