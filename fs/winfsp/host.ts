import { lstatSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { codeOf, Errno } from '../../provider/errno.ts'
import type { Host, HostOptions } from '../host.ts'
import type { Admission } from './admission.ts'
import { responseSize } from './codec/limits.ts'
import { find, versionOf, warningOf } from './find.ts'
import { kernel32 } from './kernel.ts'
import { Late, type Write } from './late.ts'
import { canonical, isDrive, isShare, mustMount, shareOf } from './point.ts'
import { Session } from './session.ts'
import { isSuccess, Status, textOfStatus } from './status.ts'
import { admission, admits, drop, keep } from './token.ts'
import { deviceOf, endVolume, mountVolume, newVolume } from './volume.ts'
import type { Volume } from './volume.ts'
import { winfsp } from './winfsp.ts'

/** What the threads of a mount need to know of it. */
export interface Channel extends HostOptions {
  readonly dll: string
  readonly point: string
  readonly volume: Volume
  readonly admission: Admission
  /** Its first word is 1 once it is mounted. */
  readonly mounted: Int32Array
}

/** To where a program's buffer is mapped in this process. */
const write: Write = (address, bytes) => {
  // a walker's text is shared memory, which no call takes
  const isShared = bytes.buffer instanceof SharedArrayBuffer
  const own = isShared ? bytes.slice() : bytes
  kernel32.RtlMoveMemory(address, own, own.length)
}

const isThere = (path: string): boolean => {
  try {
    lstatSync(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Milliseconds of process.hrtime, as those that tell when a text was made. */
const now = (): number => {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}

/**
 * Serves by asking WinFsp's driver for requests in a thread of its own, one
 * blocking call after the other, each of which brings the answer to the last
 * request and waits for the next. Other threads answer by calls that only
 * bring.
 */
export const winfspHost = {
  blocks: true,
  makesPoint: true,

  prepare(point, _, { unc }) {
    if (process.platform !== 'win32')
      throw new Errno('ENODEV', 'winfsp serves on Windows only')
    if (unc !== undefined && point === '') return shareOf(unc)
    const path = canonical(point, resolve)
    if (unc !== undefined && !/^[A-Z]:$/.test(path))
      throw new Errno(
        'EINVAL',
        `${path}: a network drive has a letter, as in P:, or none`,
      )
    if (isDrive(path)) return path
    if (isThere(path))
      throw new Errno(
        'EEXIST',
        `${path}: exists; WinFsp makes the folder itself`,
      )
    if (!isThere(dirname(path)))
      throw new Errno('ENOENT', `${path}: its parent folder is not there`)
    return path
  },

  open(point, { size, unc }, log) {
    const name = unc === undefined ? unc : shareOf(unc)
    const dll = find()
    const driver = winfsp(dll)
    const warning = warningOf(versionOf(driver))
    if (warning) log(warning)
    const letter = isShare(point) ? null : point
    const status = driver.FspFileSystemPreflight(deviceOf(name), letter)
    mustMount(point, status)
    return {
      dll,
      point,
      size,
      admission: admission(),
      volume: newVolume(driver, point, name),
      mounted: new Int32Array(new SharedArrayBuffer(4)),
    }
  },

  attach({ dll, point, volume, mounted }) {
    mounted[0] = Number(mountVolume(winfsp(dll), point, volume))
  },

  serve({ dll, point, volume, admission, size }, filesystem, hooks) {
    const driver = winfsp(dll)
    const machine = {
      write,
      admits: (token: number) => admits(admission, token),
      keep,
      drop,
      now,
      time: Date.now,
      descriptor: admission.descriptor,
    }
    const session = new Session(filesystem, machine, { size }, hooks.log)
    const { input, output } = session
    const room = new Uint8Array(8)
    const roomView = new DataView(room.buffer)
    // before the first, the driver fails all requests
    driver.FspFsctlTransact(volume.handle, null, 0, null, null, 0)
    hooks.ready()
    for (let length = 0; ;) {
      roomView.setBigUint64(0, BigInt(input.length), true)
      const status = driver.FspFsctlTransact(
        volume.handle,
        length ? output : null,
        length,
        input,
        room,
        0,
      )
      if (status === Status.Cancelled) return 'unmounted'
      if (!isSuccess(status)) {
        hooks.log(`${point} WinFsp's driver went away: ${textOfStatus(status)}`)
        return 'gone'
      }
      hooks.drain()
      // none: the driver waited for long enough
      const size = Number(roomView.getBigUint64(0, true))
      length = size ? session.handle(size) : 0
      hooks.idle(session.held)
    }
  },

  answer({ dll, volume }) {
    const driver = winfsp(dll)
    const bytes = new Uint8Array(responseSize)
    const late = new Late(bytes, write)
    return (request, outcome) => {
      const length = late.answer(request, outcome)
      if (length)
        driver.FspFsctlTransact(volume.handle, bytes, length, null, null, 0)
    }
  },

  /** Ends with the volume: what is pending is to be answered before that. */
  unmount() {},

  wake({ dll, volume }) {
    winfsp(dll).FspFsctlStop0(volume.handle)
  },

  close({ dll, volume, mounted }) {
    endVolume(winfsp(dll), volume, mounted[0] === 1)
  },
} as const satisfies Host<Channel>
