/**
 * The least file system that can be mounted: an empty root directory.
 *
 *     node fuse-child.js POINT [hang]
 *
 * Prints a line when it is mounted and answers, and ends when it is unmounted.
 * With `hang` it answers INIT alone.
 */
import {
  Ready,
  drain,
  newEvent,
  read,
  wait,
  write,
} from '../../fs/fuse/device.ts'
import { rootId } from '../../fs/fuse/codec/flags.ts'
import { negotiate } from '../../fs/fuse/codec/negotiate.ts'
import { Opcode } from '../../fs/fuse/codec/opcodes.ts'
import { Reply } from '../../fs/fuse/codec/reply.ts'
import { Request } from '../../fs/fuse/codec/request.ts'
import { InitIn } from '../../fs/fuse/codec/structures.ts'
import { mount } from '../../fs/fuse/mount.ts'
import { numberOf } from '../../provider/errno.ts'

const [point = '', mode = ''] = process.argv.slice(2)
const fuse = mount(point)
const event = newEvent()

const input = new Uint8Array(65536)
const output = new Uint8Array(65536)
const request = new Request(input)
const reply = new Reply(output, { blockSize: 4096, time: 0 })
const attr = { inode: 1n, mode: 0o040555, links: 2, uid: 0, gid: 0, size: 0 }

const silent: ReadonlySet<number> = new Set([
  Opcode.FORGET,
  Opcode.BATCH_FORGET,
  Opcode.INTERRUPT,
])

const answer = (): number => {
  const { opcode, unique, nodeid } = request
  if (silent.has(opcode)) return 0
  if (opcode === Opcode.INIT)
    return reply.init(unique, negotiate(request.body(InitIn), 65536))
  if (mode === 'hang') return 0
  if (opcode === Opcode.GETATTR && nodeid === rootId)
    return reply.attr(unique, attr, 0)
  return reply.error(unique, opcode === Opcode.LOOKUP ? 'ENOENT' : 'ENOSYS')
}

for (;;) {
  const ready = wait(fuse, event, -1)
  if (ready & Ready.event) drain(event)
  const length = read(fuse, input)
  if (length === -numberOf('ENODEV')) break
  if (length < 0) continue
  request.load(length)
  const size = answer()
  if (size) write(fuse, output, size)
  if (request.opcode === Opcode.INIT) console.log('mounted')
}
