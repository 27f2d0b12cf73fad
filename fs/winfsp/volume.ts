import { lasting } from '../../provider/dll.ts'
import { Errno } from '../../provider/errno.ts'
import { fileTime } from './codec/filetime.ts'
import { putText } from './codec/utf16.ts'
import { textFlags, volumeParams } from './codec/volume.ts'
import { kernel32 } from './kernel.ts'
import { isShare, mustMount } from './point.ts'
import { isSuccess } from './status.ts'
import type { Winfsp } from './winfsp.ts'

/** The driver's device: for a network file system, one of its own. */
export const deviceOf = (unc: string | undefined): string =>
  unc === undefined ? 'WinFsp.Disk' : 'WinFsp.Net'

/** Bytes of a volume's name: WCHAR [256]. */
const nameSize = 512

/** Milliseconds that a request may wait to be taken up; at most five minutes. */
const irpTimeout = 60_000
const irpCapacity = 1000

/** FSP_MOUNT_DESC of 64 bits: pointers and handles, MountHandle the last. */
const descSize = 48

/** A volume of which nothing is mounted yet. */
export interface Volume {
  readonly handle: number
  /** Address of its FSP_MOUNT_DESC. */
  readonly desc: bigint
}

const words = (...values: readonly bigint[]): Uint8Array =>
  new Uint8Array(new BigUint64Array(values).buffer)

/**
 * Makes a volume; when this process ends, so does it. Nothing of files is kept
 * by the driver: every size and every read is asked for. With `unc` it is one
 * that the machine knows by this name from now on.
 */
export const newVolume = (
  winfsp: Winfsp,
  point: string,
  unc?: string,
): Volume => {
  const time = Date.now()
  const params = volumeParams({
    flags: textFlags,
    name: 'winprocfs',
    prefix: unc?.slice(1),
    serial: time >>> 0,
    created: fileTime(time),
    fileInfoTimeout: 0,
    irpTimeout,
    irpCapacity,
  })
  const name = new Uint8Array(nameSize)
  const handle = new Uint8Array(8)
  const status = winfsp.FspFsctlCreateVolume(
    deviceOf(unc),
    params,
    name,
    name.length,
    handle,
  )
  mustMount(unc ?? point, status)
  const text = new Uint8Array(point.length * 2 + 2)
  putText(new DataView(text.buffer), 0, point)
  const number = new DataView(handle.buffer).getBigUint64(0, true)
  const fields = words(number, lasting(name), 0n, 0n, lasting(text), 0n)
  if (fields.length !== descSize) throw new Errno('EIO', 'FSP_MOUNT_DESC')
  return { handle: Number(number), desc: lasting(fields) }
}

/** Mounts it; its loop must be running. Whether there was anything to do. */
export const mountVolume = (
  winfsp: Winfsp,
  point: string,
  { desc }: Volume,
): boolean => {
  if (isShare(point)) return false
  mustMount(point, winfsp.FspMountSet(desc))
  return true
}

/** What remains once nobody serves it, nor answers. */
export const endVolume = (
  winfsp: Winfsp,
  { handle, desc }: Volume,
  isMounted: boolean,
): void => {
  winfsp.FspFsctlStop(handle)
  // one that is still mounted is left to the end of the process
  if (isMounted && !isSuccess(winfsp.FspMountRemove(desc))) return
  kernel32.CloseHandle(handle)
}
