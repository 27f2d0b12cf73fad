import t from 'tap'
import { fuse } from '../../../fs/fuse/host.ts'
import { pretend } from '../../rig/pretend.ts'

for (const platform of ['win32', 'darwin'])
  t.test(`there is nothing to serve by on ${platform}`, async t => {
    pretend(t, platform)
    t.throws(() => fuse.prepare('/mnt', false), {
      code: 'ENODEV',
      message: 'fuse serves on Linux only',
    })
  })
