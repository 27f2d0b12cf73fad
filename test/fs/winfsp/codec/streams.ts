import t from 'tap'
import { streamsOf } from '../../../../fs/winfsp/codec/streams.ts'
import { golden } from '../../../rig/winfsp.ts'

t.test('streams are the bytes that C structures hold', t => {
  const bytes = streamsOf([
    { name: '::$DATA', size: 5 },
    { name: '', size: 0 },
  ])
  t.equal(Buffer.from(bytes).toString('hex'), golden('streams'))
  t.equal(streamsOf([]).length, 0)
  t.end()
})

t.test('more than a response holds is EFBIG', t => {
  const stream = { name: 'x'.repeat(4000), size: 0 }
  t.equal(streamsOf([stream, stream]).length, 2 * 8024)
  t.throws(() => streamsOf([stream, stream, stream]), { code: 'EFBIG' })
  t.end()
})
