/** `install` and `uninstall` on a Windows: what they write, under Wine. */
import t from 'tap'
import { missing, noLinux, noWine } from '../rig/need.ts'
import { startWine } from '../rig/wine.ts'

const underWine = { ...missing(noLinux, noWine), timeout: 500_000 }

t.test('registry, task, doctor', underWine, async t => {
  const wine = await startWine(t)
  await wine.suite(t, 'under Wine', 'dist/test/wine/install.js')
})
