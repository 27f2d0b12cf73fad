/** Processes that may not be looked at. */
import t from 'tap'
import { programs } from '../../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { looksOf } from '../../rig/wine/looks.ts'
import { startWine } from '../../rig/wine.ts'

// the first run on a machine has to get all into place
const limit = 500_000
t.setTimeout(limit)

const needs = { ...missing(noLinux, noWine, noMingw), timeout: limit }

t.test('processes that do not let us in', needs, async t => {
  const { path, remove } = programs('denying', 'walker', 'suspend')
  t.teardown(remove)
  const wine = await startWine(t)
  const looks = looksOf(wine, path)
  const closed = await wine.target(path.denying, 'none')
  const limited = await wine.target(path.denying, 'limited')
  await wine.suite(t, 'under Wine', 'dist/test/wine/denied.js', {
    env: {
      WINPROCFS_CLOSED: `${closed.pid}`,
      WINPROCFS_LIMITED: `${limited.pid}`,
    },
  })

  const { pid } = closed
  const at = (name: string): string => `/proc/${pid}/${name}`
  const [comm, stat, status] = await looks.cat(
    ...['comm', 'stat', 'status', 'statm'].map(at),
  )
  t.equal(comm, 'denying.exe\n')
  t.ok(stat?.startsWith(`${pid} (denying.exe) `))
  t.match(status, /^Name:\tdenying\.exe$/m)
  t.match(await looks.print('ls', at('')), /^maps$/m)
  const secret = ['maps', 'environ', 'cwd', 'cmdline', 'exe'].map(at)
  const why = `process ${pid} (denying.exe): Permission denied`
  t.same(await looks.call('cat', ...secret), {
    code: 1,
    stdout: '',
    stderr: secret.map(path => `winprocfs: ${path}: ${why}\n`).join(''),
  })

  await closed.end()
  await limited.end()
  t.same(await looks.call('cat', at('maps')), {
    code: 1,
    stdout: '',
    stderr: `winprocfs: ${at('maps')}: No such file or directory\n`,
  })
})
