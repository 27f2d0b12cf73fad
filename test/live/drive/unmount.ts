/** `winprocfs unmount P:`, and `mount --daemon`, which it ends. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { buildStandIn } from '../../rig/winfsp/build.ts'
import { Drive } from '../../rig/winfsp/client.ts'
import { Driver } from '../../rig/winfsp/driver.ts'
import { cli, standIn, startMount, until } from '../../rig/winfsp/mounts.ts'
import { startWine, windowsPath } from '../../rig/wine.ts'

const need = { ...missing(noLinux, noWine, noMingw), timeout: 500_000 }

t.test('winprocfs unmount P:', need, async t => {
  const wine = await startWine(t)
  const dll = buildStandIn(wine.folder)
  const unmount = (point: string) => wine.node(cli, ['unmount', point])

  await t.test('where nothing of ours is mounted', async t => {
    for (const point of [
      'P:',
      'c:',
      'C:\\nowhere',
      '\\\\.\\P:',
      '\\\\winprocfs\\proc',
    ])
      t.same(
        await unmount(point),
        {
          code: 1,
          stdout: '',
          stderr: `winprocfs: ${point}${point.endsWith(':') ? ' ' : ': '}no winprocfs is mounted there\n`,
        },
        point,
      )
  })

  await t.test('with files open there, and reads that wait', async t => {
    const slow = ['--provider', 'dist/test/fixtures/slow.js']
    const mounted = await startMount(wine, dll, [...slow, '--no-labels', 'P:'])
    const program = mounted.drive.program()
    const file = await program.open('\\proc\\1\\maps')
    t.ok((await file.readAll()).length > 0)
    // this walk takes half an hour
    const waiting = program.open('\\proc\\2000000000\\maps').catch(String)
    t.ok(await until(async () => (await mounted.driver.stats()).given > 0))
    t.same(await unmount('p:\\'), { code: 0, stdout: '', stderr: '' })
    t.match(await mounted.running.ended, { code: 0 })
    t.match(await waiting, /\S/, 'answered, or gone with the driver')
    t.same(mounted.report(), [])
  })

  await t.test('--daemon returns, and unmount ends it', async t => {
    const told = join(wine.folder, 'daemon.port')
    const report = join(wine.folder, 'daemon.report')
    const started = await wine.node(cli, ['mount', '--daemon', 'p:'], {
      env: {
        ...standIn(dll),
        WINPROCFS_STANDIN_VERSION: '0x20002',
        WINPROCFS_STANDIN_PORT_FILE: windowsPath(told),
        WINPROCFS_STANDIN_REPORT: windowsPath(report),
      },
    })
    t.match(started, {
      code: 0,
      stderr: '',
      stdout:
        /^Mounted at p:\. Try, .*\n {2}dir p:\\proc\n {2}type p:\\proc\\\d+\\maps\nwinprocfs unmount p: ends it\.\n$/,
    })
    const pid = /proc\\(\d+)\\maps/.exec(started.stdout)?.[1]
    const port = Number(readFileSync(told, 'utf8'))
    const driver = await Driver.connect(port)
    const drive = await Drive.on(driver)
    const program = drive.program({ pid: Number(pid) })
    t.match(String(await program.readFile('\\proc\\self\\comm')), /node/i)
    t.same(await unmount('P:'), { code: 0, stdout: '', stderr: '' })
    driver.close()
    t.notOk(existsSync(report), 'nothing the driver would not have')
    const names = async (): Promise<string[]> =>
      (await wine.node(cli, ['ls'])).stdout.split('\n')
    t.ok((await names()).length > 5)
    t.ok(
      await until(async () => !(await names()).includes(pid ?? '')),
      'its process has ended',
    )
  })

  await t.test('--daemon tells what cannot be mounted', async t => {
    const args = ['mount', '--daemon', 'c:']
    const ended = await wine.node(cli, args, { env: standIn(dll) })
    t.match(ended, {
      code: 1,
      stdout: '',
      stderr: /^winprocfs: c: C: is in use: name another letter\n$/m,
    })
  })
})
