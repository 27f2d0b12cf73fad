/**
 * Processes of Windows that end at any moment of a look at them, by themselves:
 * under Wine 8.0 a call that asks a process which is terminated by another
 * during that very call may never return, whoever asks (walker.c hung in 7 of
 * 30 such rounds).
 */
import t from 'tap'
import { programs } from '../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../rig/need.ts'
import { startWine, windowsPath } from '../rig/wine.ts'

// the first run on a machine has to get all into place
const limit = 500_000
t.setTimeout(limit)

const needs = { ...missing(noLinux, noWine, noMingw), timeout: limit }

t.test('processes that end while they are looked at', needs, async t => {
  const { path, remove } = programs('many')
  t.teardown(remove)
  const wine = await startWine(t)
  await wine.suite(t, 'under Wine', 'dist/test/wine/ending.js', {
    env: { WINPROCFS_PROGRAM: windowsPath(path.many) },
    limit: 200,
  })
})
