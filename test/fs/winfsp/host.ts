import t from 'tap'
import { winfspHost } from '../../../fs/winfsp/host.ts'
import { pretend } from '../../rig/pretend.ts'

for (const platform of ['linux', 'darwin'])
  t.test(`there is nothing to serve by on ${platform}`, async t => {
    pretend(t, platform)
    t.throws(() => winfspHost.prepare('P:', false, {}), {
      code: 'ENODEV',
      message: 'winfsp serves on Windows only',
    })
  })

t.test('a drive letter needs no folder', async t => {
  pretend(t, 'win32')
  t.equal(winfspHost.prepare('p:', false, {}), 'P:')
})
