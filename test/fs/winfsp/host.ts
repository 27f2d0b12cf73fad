import t from 'tap'
import { winfspHost } from '../../../fs/winfsp/host.ts'

/** As if this ran elsewhere, until the test is over. */
const pretend = (
  t: { teardown(undo: () => void): void },
  name: string,
): void => {
  const own = Object.getOwnPropertyDescriptor(process, 'platform')
  Object.defineProperty(process, 'platform', { ...own, value: name })
  t.teardown(() => Object.defineProperty(process, 'platform', { ...own }))
}

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
