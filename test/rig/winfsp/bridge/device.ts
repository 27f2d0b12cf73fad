/** A thread that lives in poll(2): passes on each request of a connection. */
import { parentPort, workerData } from 'node:worker_threads'
import { Ready, read, wait } from '../../../../fs/fuse/device.ts'
import { requestSize } from '../../../../fs/fuse/session.ts'
import { numberOf } from '../../../../provider/errno.ts'

const { fd, event } = workerData as { fd: number; event: number }
const input = new Uint8Array(requestSize)

for (;;) {
  if (wait(fd, event, -1) & Ready.event) break
  const length = read(fd, input)
  if (length === -numberOf('ENODEV')) break
  if (length <= 0) continue
  const bytes = input.slice(0, length)
  parentPort?.postMessage(bytes, [bytes.buffer])
}
