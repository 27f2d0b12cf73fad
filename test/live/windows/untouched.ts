/** A process is the same after a thousand looks at it. */
import t from 'tap'
import { programs } from '../../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { startWine, windowsPath } from '../../rig/wine.ts'

// under Wine each region costs a visit to the process
const limit = 500_000
t.setTimeout(limit)

t.test(
  'heaps, threads and a guard page stay as they are',
  { ...missing(noLinux, noWine, noMingw), timeout: limit },
  async t => {
    const { path, remove } = programs('made')
    t.teardown(remove)
    const wine = await startWine(t)
    const target = await wine.target(path.made, windowsPath(t.testdir({})))
    const before = await target.checksum()
    t.match(before, /^[\da-f]{9,16} threads(?: \d+){4} guard 104$/)
    await wine.suite(t, 'under Wine', 'dist/test/wine/untouched.js', {
      env: { WINPROCFS_TARGET: `${target.pid}` },
      limit: 450,
    })
    t.equal(await target.checksum(), before)
    await target.end()
    t.match(await target.ended, { code: 0, stderr: '' })
  },
)
