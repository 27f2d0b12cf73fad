/** The rig of Windows tests: Node for Windows, and programs, under Wine. */
import t from 'tap'
import { missing, noLinux, noWine } from '../rig/need.ts'
import { startWine } from '../rig/wine.ts'

t.test('Node for Windows', missing(noLinux, noWine), async t => {
  const wine = await startWine(t)
  await wine.suite(t, 'under Wine', 'dist/test/wine/rig.js')
})
