import t from 'tap'
import { isDescriptor } from '../../../fs/winfsp/codec/descriptor.ts'
import {
  administrators,
  everyone,
  readableBy,
  sid,
  system,
} from '../../../fs/winfsp/descriptor.ts'

t.test('SIDs', async t => {
  t.same(
    Buffer.from(administrators).toString('hex'),
    '01020000000000052000000020020000',
    'S-1-5-32-544',
  )
  t.same(Buffer.from(everyone).toString('hex'), '010100000000000100000000')
  t.same(Buffer.from(system).toString('hex'), '010100000000000512000000')
})

t.test('a descriptor lets its readers read, and nobody write', async t => {
  const user = sid(5, 21, 1, 2, 3, 1001)
  const bytes = readableBy(user, [user, administrators, system])
  t.ok(isDescriptor(bytes))
  const data = new DataView(bytes.buffer)
  t.equal(data.getUint16(2, true), 0x9004, 'relative, protected, with a DACL')
  t.equal(data.getUint32(4, true), data.getUint32(8, true), 'owner and group')
  const masks: number[] = []
  let at = data.getUint32(16, true) + 8
  for (; at < bytes.length; at += data.getUint16(at + 2, true))
    masks.push(data.getUint32(at + 4, true))
  t.same(masks, [0x1200a9, 0x1200a9, 0x1200a9])
  t.equal(at, bytes.length)
})
