/**
 * The least file system that a driver can have, to prove the stand-in: a root
 * with some files of fixed bytes.
 *
 *     node echo.js DLL POINT STOP [PAUSE]
 *
 * Runs in Node for Windows. Says `mounted`, and `ended STATUS` when its loop
 * has ended: when the driver ends it, or when there is a file STOP; with `rude`
 * in that, it stops in the wrong order. PAUSE is the milliseconds from making
 * its volume to starting its loop.
 */
import koffi from 'koffi'
import { existsSync, readFileSync, writeSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { Params, viewOf } from './abi.ts'
import { functions, type Shared } from './echo/functions.ts'

const [dll = '', point = '', stop = '', pause = '0'] = process.argv.slice(2)

const say = (text: string): void => void writeSync(1, `${text}\n`)
const hex = (status: number): string => (status >>> 0).toString(16)

const driver = functions(dll)

/** Memory that stays where it is, with a string in it. */
const wideAt = (text: string, units = text.length + 1) => {
  const address = koffi.alloc('uint16', units) as bigint
  const units16 = new Uint16Array(koffi.view(address, 2 * units))
  for (let at = 0; at < text.length; at++) units16[at] = text.charCodeAt(at)
  return address
}

const demand = (what: string, status: number): void => {
  if (status === 0) return
  say(`${what} ${hex(status)}`)
  process.exit(3)
}

const version = new Uint32Array(1)
driver.FspVersion(version)
say(`version ${hex(Number(version[0]))}`)
demand('preflight', driver.FspFileSystemPreflight('WinFsp.Disk', point))

const params = new Uint8Array(Params.size)
Object.assign(Params.view(viewOf(params)), {
  Version: Params.size,
  SectorSize: 4096,
  SectorsPerAllocationUnit: 1,
  MaxComponentLength: 255,
  IrpCapacity: 100,
  Flags: 0x2 | 0x4 | 0x200 | 0x400 | 0x2000,
})
const name = wideAt('', 256)
const handle = new BigInt64Array(1)
demand(
  'create',
  driver.FspFsctlCreateVolume('WinFsp.Disk', params, name, 512, handle),
)
const volume = Number(handle[0])

Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(pause))
const worker = new Worker(new URL('./echo/loop.js', import.meta.url), {
  workerData: { dll, volume } satisfies Shared,
})

// FSP_MOUNT_DESC: VolumeHandle, VolumeName, Security, 0, MountPoint, and what
// the call fills in, MountHandle
const desc = koffi.alloc('uint64', 6) as bigint
const fields = new BigUint64Array(koffi.view(desc, 48))
fields.set([BigInt(volume), name, 0n, 0n, wideAt(point), 0n])

const timer = setInterval(() => {
  if (!existsSync(stop)) return
  clearInterval(timer)
  if (readFileSync(stop, 'utf8') === 'rude') {
    driver.FspMountRemove(desc)
    driver.FspFsctlStop(volume)
  } else {
    driver.FspFsctlStop0(volume)
  }
}, 20)

worker.on('message', (message: { ready: true } | { status: number }) => {
  if ('status' in message) {
    clearInterval(timer)
    driver.FspFsctlStop(volume)
    if (fields[5] !== 0n) driver.FspMountRemove(desc)
    say(`ended ${hex(message.status)}`)
    return
  }
  const status = driver.FspMountSet(desc)
  if (status !== 0) {
    say(`mount ${hex(status)}`)
    driver.FspFsctlStop0(volume)
  } else {
    say('mounted')
  }
})
