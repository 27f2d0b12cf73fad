/**
 * A drive behind the stand-in, mounted on Linux.
 *
 *     node serve.js PORT PID TOKEN
 *
 * PORT is that of the stand-in's control channel; PID and TOKEN are whom files
 * are opened for. Makes a folder, mounts there and says `mounted FOLDER`. Ends,
 * and leaves nothing behind, when its stdin does: so also when the one who
 * started it was killed; with exit code 1 when the stand-in is gone.
 */
import { mkdtempSync, realpathSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { newEvent, write } from '../../../../fs/fuse/device.ts'
import { leave } from '../../../../fs/fuse/libc.ts'
import { mount, unmount } from '../../../../fs/fuse/mount.ts'
import { Drive } from '../client.ts'
import { Driver } from '../driver.ts'
import { Session } from './session.ts'

const [port, pid, token] = process.argv.slice(2).map(Number)

// who reads them may be gone
for (const stream of [process.stdout, process.stderr])
  stream.on('error', () => {})
// meant for the suite, which ends its stdin by ending
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {})

const driver = await Driver.connect(Number(port))
const drive = await Drive.on(driver)
const program = drive.program({ pid: Number(pid), token: Number(token) })

const point = mkdtempSync(join(realpathSync(tmpdir()), 'winprocfs-bridge-'))
const fd = mount(point)

const end = (code: number): void => {
  try {
    unmount(point)
    rmdirSync(point)
  } finally {
    // what still waits for the drive is told by the kernel
    leave(code)
  }
}

process.stdin.resume().on('end', () => end(0))
void driver.closed.then(() => end(1))

const log = (line: string): void => void process.stderr.write(`${line}\n`)
const session = new Session(program, {
  send: (bytes, length) => void write(fd, bytes, length),
  log,
})
const device = new Worker(new URL('./device.js', import.meta.url), {
  workerData: { fd, event: newEvent() },
})
device.on('message', (bytes: Uint8Array) => {
  session.take(bytes).catch((error: unknown) => log(String(error)))
})
// it was unmounted by another
device.on('exit', () => end(1))
process.stdout.write(`mounted ${point}\n`)
