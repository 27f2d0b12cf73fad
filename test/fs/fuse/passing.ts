import t from 'tap'
import { close, read, write } from '../../../fs/fuse/device.ts'
import { newPair, receive } from '../../../fs/fuse/passing.ts'
import { missing, noLinux } from '../../rig/need.ts'

const needs = missing(noLinux)

t.test('what one end writes the other reads', needs, t => {
  const [ours, theirs] = newPair()
  t.equal(write(theirs, Buffer.from('text'), 4), 4)
  const bytes = Buffer.alloc(8)
  t.equal(read(ours, bytes), 4)
  t.equal(bytes.toString('latin1', 0, 4), 'text')
  close(theirs)
  t.equal(read(ours, bytes), 0, 'and sees it close')
  close(ours)
  t.end()
})

t.test('no descriptor comes where none was sent', needs, t => {
  const [ours, theirs] = newPair()
  t.equal(receive(ours), undefined, 'nothing was sent, and nothing waited for')
  write(theirs, Buffer.from('x'), 1)
  t.equal(receive(ours), undefined, 'bytes alone')
  close(theirs)
  t.equal(receive(ours), undefined, 'closed')
  close(ours)
  t.equal(receive(ours), undefined, 'no socket at all')
  t.end()
})
