/** Processes that end while they are looked at. */
import { join } from 'node:path'
import t from 'tap'
import { programs } from '../../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { startWine, windowsPath } from '../../rig/wine.ts'

// five hundred processes take a while to start
const limit = 500_000
t.setTimeout(limit)

t.test(
  'processes that end while they are looked at',
  { ...missing(noLinux, noWine, noMingw), timeout: limit },
  async t => {
    const { path, remove } = programs('brief')
    t.teardown(remove)
    const wine = await startWine(t)
    await wine.suite(t, 'under Wine', 'dist/test/wine/killed.js', {
      env: {
        WINPROCFS_PROGRAM: windowsPath(path.brief),
        WINPROCFS_OUTPUT: windowsPath(join(wine.folder, 'said')),
      },
      limit: 450,
    })
  },
)
