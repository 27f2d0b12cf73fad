/** `winprocfs mount --unc`: what WinFsp's Launcher starts for `net use`. */
import t from 'tap'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { buildStandIn } from '../../rig/winfsp/build.ts'
import { cli, standIn, startMount } from '../../rig/winfsp/mounts.ts'
import { startWine } from '../../rig/wine.ts'

const need = { ...missing(noLinux, noWine, noMingw), timeout: 500_000 }

const name = String.raw`\winprocfs\proc`
const share = String.raw`\\winprocfs\proc`

t.test('winprocfs mount --unc', need, async t => {
  const wine = await startWine(t)
  const dll = buildStandIn(wine.folder)
  // of a release that nothing is said about
  const env = { ...standIn(dll), WINPROCFS_STANDIN_VERSION: '0x20002' }

  await t.test('a network file system, at a letter', async t => {
    const { drive, driver, running, report } = await startMount(wine, dll, [
      '--unc',
      name,
      'p:',
    ])
    t.match(await driver.stats(), {
      isNet: true,
      prefix: name,
      mountPoint: 'P:',
      state: 'ready',
    })
    t.match(running.stdout(), /^Mounted at p:\. .*\n {2}dir p:\\proc\n/)
    const program = drive.program()
    t.ok((await program.list('\\proc')).length > 5)
    t.match(String(await program.readFile('\\proc\\version')), /\S/)

    await t.test('one name is had once, whatever its case', async t => {
      const args = ['mount', '--unc', share.toUpperCase(), 'Q:']
      const again = await wine.node(cli, args, { env })
      t.match(again, {
        code: 1,
        stdout: '',
        stderr: /^winprocfs: Q: \\\\WINPROCFS\\PROC is in use: name another\n$/,
      })
    })

    const ended = await wine.node(cli, ['unmount', share])
    t.match(ended, { code: 0, stdout: '', stderr: '' }, 'ended by its name')
    t.match(await running.ended, { code: 0 })
    t.same(report(), [])
  })

  await t.test('without a letter it is there by its name', async t => {
    // as the Launcher says that there is no letter
    const started = await startMount(wine, dll, ['--unc', name, ''])
    const { drive, driver, running, report } = started
    t.match(await driver.stats(), { isNet: true, prefix: name, mountPoint: '' })
    t.match(running.stdout(), `dir ${share}\\proc\n`)
    t.ok((await drive.program().list('\\proc')).length > 5)
    t.match(await wine.node(cli, ['unmount', `${share}\\`]), {
      code: 0,
      stderr: '',
    })
    t.match(await running.ended, { code: 0 })
    t.same(report(), [])
  })

  await t.test('what is none is told in one line', async t => {
    for (const [args, told] of [
      [['--unc', 'winprocfs', 'P:'], /winprocfs: not of the form \\\\server\\/],
      [['--unc', '\\winprocfs', ''], /not of the form \\\\server\\share\n$/],
      [['--unc', name, 'C:\\x'], /a network drive has a letter, as in P:, or/],
      [['--unc', name, '\\\\.\\P:'], /a network drive has a letter/],
      [['--unc', name, 'c:'], /^winprocfs: c: C: is in use: name another let/],
    ] as const) {
      const ended = await wine.node(cli, ['mount', ...args], { env })
      t.match(ended, { code: 1, stdout: '', stderr: told }, String(args))
      t.equal(ended.stderr.split('\n').length, 2, 'one line')
    }
  })
})
