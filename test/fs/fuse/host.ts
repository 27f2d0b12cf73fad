import t from 'tap'
import { fuse } from '../../../fs/fuse/host.ts'

/** As if this ran elsewhere, until the test is over. */
const pretend = (
  t: { teardown(undo: () => void): void },
  name: string,
): void => {
  const own = Object.getOwnPropertyDescriptor(process, 'platform')
  Object.defineProperty(process, 'platform', { ...own, value: name })
  t.teardown(() => Object.defineProperty(process, 'platform', { ...own }))
}

for (const platform of ['win32', 'darwin'])
  t.test(`there is nothing to serve by on ${platform}`, async t => {
    pretend(t, platform)
    t.throws(() => fuse.prepare('/mnt', false), {
      code: 'ENODEV',
      message: 'fuse serves on Linux only',
    })
  })
