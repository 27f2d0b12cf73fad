import t from 'tap'
import { textFlags, volumeParams } from '../../../../fs/winfsp/codec/volume.ts'
import { golden } from '../../../rig/winfsp.ts'

const params = {
  flags: textFlags,
  name: 'winprocfs',
  serial: 0x1234_5678,
  created: 133_443_072_000_000_000n,
  fileInfoTimeout: 0,
  irpTimeout: 60_000,
  irpCapacity: 1000,
}

t.test('parameters are the bytes that C structures hold', t => {
  const bytes = volumeParams({ ...params, prefix: '\\winprocfs\\proc' })
  t.equal(Buffer.from(bytes).toString('hex'), golden('params'))
  t.end()
})

t.test('a disk has no prefix', t => {
  const bytes = volumeParams(params)
  t.ok(bytes.subarray(40, 424).every(byte => byte === 0))
  t.end()
})

t.test('a prefix that the driver would refuse is EINVAL', t => {
  const table = ['server', '\\server', '\\\\server\\share', '\\server\\', '\\']
  for (const prefix of table)
    t.throws(() => volumeParams({ ...params, prefix }), { code: 'EINVAL' })
  t.ok(volumeParams({ ...params, prefix: '\\server\\share\\folder' }))
  t.end()
})

t.test('names leave room for their NUL', t => {
  t.ok(volumeParams({ ...params, name: 'x'.repeat(15) }))
  t.throws(() => volumeParams({ ...params, name: 'x'.repeat(16) }), {
    code: 'ENAMETOOLONG',
  })
  const prefix = `\\s\\${'x'.repeat(188)}`
  t.ok(volumeParams({ ...params, prefix }))
  t.throws(() => volumeParams({ ...params, prefix: `${prefix}x` }), {
    code: 'ENAMETOOLONG',
  })
  t.end()
})
