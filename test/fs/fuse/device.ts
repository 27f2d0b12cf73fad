import t from 'tap'
import { readlinkSync, readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import {
  close,
  drain,
  newEvent,
  openDevice,
  read,
  Ready,
  signal,
  wait,
  write,
} from '../../../fs/fuse/device.ts'
import { numberOf } from '../../../provider/errno.ts'
import { missing, noFile, noLinux, noProgram, noRoot } from '../../rig/need.ts'
import { run, runPrivately } from '../../rig/mounted.ts'

const needs = missing(noLinux)
const needsDevice = missing(noLinux, noRoot, noFile('/dev/fuse'))
const needsUnshare = missing(noLinux, noRoot, noProgram('unshare'))

const flagsOf = (fd: number): number => {
  const info = readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')
  return parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '', 8)
}

t.test('a signalled event wakes, once drained it does not', needs, t => {
  const [event, quiet] = [newEvent(), newEvent()]
  t.teardown(() => [event, quiet].forEach(close))
  t.equal(wait(quiet, event, 0), 0)
  signal(event)
  signal(event)
  t.equal(wait(quiet, event, -1), Ready.event)
  t.equal(wait(event, quiet, -1), Ready.request)
  t.equal(wait(event, event, -1), Ready.request | Ready.event)
  t.equal(drain(event), true)
  t.equal(drain(event), false)
  t.equal(wait(quiet, event, 0), 0)
  t.end()
})

t.test('a wait ends at its timeout', needs, t => {
  const event = newEvent()
  t.teardown(() => close(event))
  const began = performance.now()
  t.equal(wait(event, event, 30), 0)
  t.ok(performance.now() - began >= 29)
  t.end()
})

t.test('a thread that waits for ever is woken by another', needs, async t => {
  const [event, quiet] = [newEvent(), newEvent()]
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.module).then(({ wait }) => {
      parentPort.postMessage('waiting')
      parentPort.postMessage(wait(workerData.quiet, workerData.event, -1))
    })`
  const module = new URL('../../../fs/fuse/device.js', import.meta.url).href
  const worker = new Worker(code, {
    eval: true,
    workerData: { module, event, quiet },
  })
  const next = (): Promise<unknown> =>
    new Promise(resolve => {
      worker.once('message', resolve)
    })
  t.equal(await next(), 'waiting')
  const woken = next()
  signal(event)
  t.equal(await woken, Ready.event)
  await worker.terminate()
  close(event)
  close(quiet)
})

t.test('reads and writes tell -errno', needs, t => {
  const event = newEvent()
  t.equal(read(event, new Uint8Array(8)), -numberOf('EAGAIN'))
  t.equal(read(event, new Uint8Array(4)), -numberOf('EINVAL'))
  t.equal(write(event, new Uint8Array(8), 8), 8)
  t.equal(write(event, new Uint8Array(8), 4), -numberOf('EINVAL'))
  close(event)
  t.equal(read(event, new Uint8Array(8)), -numberOf('EBADF'))
  t.equal(write(event, new Uint8Array(8), 8), -numberOf('EBADF'))
  t.end()
})

t.test('the device does not block and is not inherited', needsDevice, t => {
  const fd = openDevice()
  t.teardown(() => close(fd))
  t.equal(readlinkSync(`/proc/self/fd/${fd}`), '/dev/fuse')
  const [O_RDWR, O_NONBLOCK, O_CLOEXEC] = [0o2, 0o4000, 0o200_0000]
  const all = O_RDWR | O_NONBLOCK | O_CLOEXEC
  t.equal(flagsOf(fd) & all, all)
  t.equal(read(fd, new Uint8Array(8192)), -numberOf('EPERM'), 'not mounted')
  t.end()
})

/** Opens the device in a child, where /dev/fuse is made unusable. */
const opener = (): string => {
  const module = new URL('../../../fs/fuse/device.js', import.meta.url).href
  return `import('${module}').then(({ openDevice }) => {
    try { openDevice(); console.log('opened') }
    catch ({ code, message }) { console.log(code, message) }
  })`
}

const broken = [
  {
    name: 'a device that is missing',
    script: 'mount -t tmpfs tmpfs /dev; exec "$@"',
    says: /^ENOENT \/dev\/fuse is missing: .*modprobe fuse.*--device \/dev\/fuse/,
  },
  {
    name: 'a device that only others may open',
    script: 'chmod 600 /dev/fuse; user "$@"',
    says: /^EACCES \/dev\/fuse may not be opened: run as root/,
  },
  {
    name: 'a device on a mount without devices',
    script: 'mount -o remount,bind,nodev /dev/fuse; exec "$@"',
    says: /^EACCES \/dev\/fuse may not be opened/,
  },
  {
    name: 'a device without a driver',
    script: `umount /dev/fuse; mount -t tmpfs tmpfs /dev
      mknod -m 666 /dev/fuse c 10 254; exec "$@"`,
    says: /^ENODEV \/dev\/fuse has no driver: .*modprobe fuse/,
  },
]

t.test(
  'what is wrong with the device is told with the remedy',
  needsUnshare,
  t => {
    for (const { name, script, says } of broken) {
      const { stdout, stderr } = runPrivately(
        script,
        process.execPath,
        '-e',
        opener(),
      )
      t.match(stdout, says, name)
      t.equal(stderr, '', name)
    }
    t.end()
  },
)

t.test('_exit ends a process with a thread that waits', needs, t => {
  const module = new URL('../../../fs/fuse/', import.meta.url).href
  const thread = `import('${module}device.js').then(d => {
    require('node:worker_threads').parentPort.postMessage(1)
    d.wait(d.newEvent(), -1, -1)
  })`
  const script = `
    process.on('exit', () => console.log('exit handler'))
    const { Worker } = require('node:worker_threads')
    new Worker(${JSON.stringify(thread)}, { eval: true }).once('message', () =>
      import('${module}libc.js').then(({ leave }) => leave(7)))`
  t.strictSame(run(process.execPath, '-e', script), {
    status: 7,
    stdout: '',
    stderr: '',
  })
  t.end()
})
