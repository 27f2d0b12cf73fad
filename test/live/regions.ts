/** The walk of processes of Windows, under Wine, beside a walker in C. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { programs } from '../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../rig/need.ts'
import { startWine, windowsPath } from '../rig/wine.ts'

const needs = {
  ...missing(noLinux, noWine, noMingw),
  // the first run on a machine has to get all into place
  timeout: 500_000,
}

t.test('walks of living processes', needs, async t => {
  const { path, remove } = programs('made', 'walker', 'suspend')
  t.teardown(remove)
  const wine = await startWine(t)
  const other = await wine.nodeTarget()
  const ending = await wine.nodeTarget()
  const still = await wine.target(path.made, windowsPath(t.testdir({})))
  const pid = `${still.pid}`
  t.match(await wine.run(path.suspend, ['suspend', pid]), { code: 0 })
  const walked = await wine.run(path.walker, [pid])
  t.match(walked, { code: 0, stderr: '' })
  const file = join(wine.folder, 'walked')
  writeFileSync(file, walked.stdout)
  await wine.suite(t, 'under Wine', 'dist/test/wine/walk.js', {
    env: {
      WINPROCFS_OTHER: `${other.pid}`,
      WINPROCFS_ENDING: `${ending.pid}`,
      WINPROCFS_STILL: pid,
      WINPROCFS_WALKED: windowsPath(file),
    },
  })
  t.match(await wine.run(path.suspend, ['resume', pid]), { code: 0 })
})
