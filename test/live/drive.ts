/** The drive: `winprocfs mount P:` in Node for Windows, before the stand-in. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { programs } from '../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../rig/need.ts'
import { Status } from '../rig/winfsp/abi.ts'
import { buildStandIn } from '../rig/winfsp/build.ts'
import { Outside, Refusal, type Program } from '../rig/winfsp/client.ts'
import { Token, type Driver, type Reply } from '../rig/winfsp/driver.ts'
import {
  Access,
  setInformation,
  transfer,
  type CreateOptions,
} from '../rig/winfsp/requests.ts'
import { startDrive, type Environment } from '../rig/winfsp/start.ts'
import { startWine, windowsPath } from '../rig/wine.ts'

const need = { ...missing(noLinux, noWine, noMingw), timeout: 500_000 }

const cli = 'dist/src/cli.js'

/** The NTSTATUS that something is refused with; 0 if it is not. */
const statusOf = (act: Promise<unknown>): Promise<number> =>
  act.then(
    () => Status.success,
    (error: unknown) => {
      if (error instanceof Refusal) return error.status
      throw error
    },
  )

/** Where a path leads that ends outside of the drive. */
const outside = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'inside',
    (error: unknown) => {
      if (error instanceof Outside) return error.target
      throw error
    },
  )

/** A text as the rig has what a program wrote. */
const told = (bytes: Buffer): string =>
  bytes.toString().replaceAll('\r\n', '\n')

/** One of a process's threads. */
const tidOf = async (program: Program, at: string): Promise<string> =>
  (await program.list(`${at}\\task`)).at(-1)?.name ?? 'none'

t.test('winprocfs mount P:', need, async t => {
  const wine = await startWine(t)
  const dll = buildStandIn(wine.folder)
  const built = programs('made', 'suspend')
  t.teardown(() => built.remove())
  const place = { WINPROCFS_WINFSP: windowsPath(dll) }

  const mount = async (
    args: readonly string[] = ['P:'],
    environment: Environment = {},
  ) => {
    const started = await startDrive(
      wine,
      wine.nodePath(),
      ['--enable-source-maps', cli, 'mount', ...args],
      { ...place, ...environment },
    )
    await started.running.line(/^Ctrl-C unmounts/)
    return started
  }

  await t.test('a mount and its files', async t => {
    const target = await wine.target(built.path.made, windowsPath(wine.folder))
    const pid = String(target.pid)
    t.match(await wine.run(built.path.suspend, ['suspend', pid]), { code: 0 })
    const at = `\\proc\\${pid}`
    const { drive, driver, running, report } = await mount(['p:'])
    const program = drive.program({ pid: target.pid })
    t.equal((await driver.stats()).mountPoint, 'P:', 'as p: was meant')

    await t.test('a text is what cat prints, however it is read', async t => {
      for (const name of ['maps', 'cmdline', 'environ', 'comm']) {
        const { stdout } = await wine.node(cli, ['cat', `/proc/${pid}/${name}`])
        t.not(stdout, '', name)
        for (const length of [4093, 1 << 20])
          t.equal(
            told(await program.readFile(`${at}\\${name}`, length)),
            stdout,
            `${name} by ${length}`,
          )
      }
      const comm = await program.readFile(`${at}\\comm`, 1)
      t.equal(comm.toString(), 'made.exe\n', 'byte by byte')
    })

    await t.test('a handle has the exact size of its text', async t => {
      const file = await program.open(`${at}\\maps`)
      const text = await program.readFile(`${at}\\maps`)
      t.ok(text.length > 4096)
      t.equal(file.opened.size, text.length)
      t.equal((await file.info()).size, text.length)
      const mapped = await file.map(pages => pages.toReversed())
      t.ok(text.equals(mapped), 'pages in any order')
      t.equal((await file.read(text.length, 10)).length, 0, 'its end')
      await file.close()
      t.equal((await program.stat(`${at}\\maps`)).size, 0, 'no data, no walk')
    })

    await t.test('two handles of one name have a text each', async t => {
      const one = await program.open('\\proc\\uptime')
      await sleep(50)
      const two = await program.open('\\proc\\uptime')
      const texts = [await one.readAll(), await two.readAll()].map(String)
      t.not(texts[0], texts[1])
      t.same(
        texts,
        [await one.read(1, 99), await two.read(1, 99)].map(
          (rest, at) => `${texts[at]?.[0]}${Buffer.from(rest).toString()}`,
        ),
      )
      t.not(String(await one.readAll()), texts[0], 'from 0 again: a new one')
      await one.close()
      await two.close()
    })

    await t.test('names in any case, and their true one', async t => {
      const file = await program.open(`\\PROC\\${pid}\\MaPs`)
      t.equal(file.name, `${at}\\maps`)
      await file.close()
      t.equal((await program.open(`\\ProC`)).name, '\\proc')
      for (const path of ['\\proc\\nothing', '\\proc\\01', `${at}\\maps\\x`])
        t.not(await statusOf(program.stat(path)), Status.success, path)
      t.equal(
        await statusOf(program.stat('\\proc\\999999\\maps')),
        0xc000003a,
        'no such process',
      )
    })

    await t.test('a listing has the tree, in pages of any size', async t => {
      const names = (await program.list(at)).map(({ name }) => name)
      t.same(names.slice(0, 2), ['.', '..'])
      t.ok(names.includes('maps') && names.includes('task'))
      const all = await program.list('\\proc')
      t.ok(all.some(({ name }) => name === pid))
      t.same(await program.list('\\proc', '*', 300), all)
      t.match(await program.list('\\proc', pid), [
        { name: pid, attributes: 16 },
      ])
      t.match(await program.list(at, 'MAPS'), [{ name: 'maps', size: 0 }])
      t.same(await program.list('\\proc', 'nothing'), [])
      const { index } = all.find(({ name }) => name === pid) ?? {}
      t.equal((await program.stat(at)).index, index, 'its id is one')
    })

    await t.test('a listing goes on behind who has gone', async t => {
      const others = [await wine.nodeTarget(), await wine.nodeTarget()]
      const folder = await program.open('\\proc', { options: 0x21 })
      const first = await folder.entries('*', undefined, 1024)
      for (const other of others) await other.end()
      const names = first.entries.map(({ name }) => name)
      for (let page = first; !page.isEnd;) {
        page = await folder.entries('*', page.entries.at(-1)?.next, 1024)
        names.push(...page.entries.map(({ name }) => name))
      }
      t.equal(new Set(names).size, names.length, 'none twice')
      for (const { pid } of [target, ...others])
        t.ok(names.includes(String(pid)), 'none left out')
      await folder.close()
    })

    await t.test('links', async t => {
      const self = await program.readlink('\\proc\\self')
      t.match(self, { target: pid, print: pid, isRelative: true })
      const comm = await program.readFile('\\proc\\SELF\\comm')
      t.equal(comm.toString(), 'made.exe\n', 'who asks')
      const mounts = await program.readFile('\\proc\\mounts')
      t.same(mounts, await program.readFile(`${at}\\mounts`), 'two of them')
      const exe = await program.readlink(`${at}\\exe`)
      t.match(exe.target, /^\\\?\?\\[A-Z]:\\.*\\made\.exe$/i)
      t.equal(exe.isRelative, false)
      t.equal(await outside(program.open(`${at}\\exe`)), exe.target)
      const root = await outside(program.open(`${at}\\root\\a\\b`))
      t.match(root, /^\\\?\?\\[A-Z]:\\a\\b$/, 'with what comes after it')
      t.match(await program.lstat('\\proc\\self'), { attributes: 0x410 })
    })

    await t.test(
      'who has no right to a process reads nothing of it',
      async t => {
        const stranger = drive.program({
          pid: target.pid,
          token: Token.restricted,
        })
        for (const name of ['maps', 'environ', 'cmdline', 'exe', 'cwd', 'root'])
          for (const from of [
            at,
            '\\proc\\self',
            `${at}\\task\\${await tidOf(program, at)}`,
          ])
            t.equal(
              await statusOf(stranger.open(`${from}\\${name}`)),
              Status.accessDenied,
              `${from}\\${name}`,
            )
        t.equal(
          await statusOf(stranger.readlink(`${at}\\exe`)),
          Status.accessDenied,
        )
        const most = await stranger.open(`${at}\\maps`, {
          access: Access.maximum,
        })
        t.equal(most.access & Access.readData, 0, 'as much as there is')
        await most.close()
        t.ok((await stranger.list(at)).length > 5)
        t.equal(String(await stranger.readFile(`${at}\\comm`)), 'made.exe\n')
        const debugger_ = drive.program({
          token: Token.noAdministrators | Token.debug,
        })
        t.ok((await debugger_.readFile(`${at}\\maps`)).length > 0)
        for (const token of [Token.null, Token.bogus])
          t.equal(
            await statusOf(drive.program({ token }).open(`${at}\\maps`)),
            Status.accessDenied,
          )
      },
    )

    await t.test('nobody writes', async t => {
      const open = (path: string, options: CreateOptions): Promise<number> =>
        statusOf(program.open(path, options))
      for (const access of [0x2, 0x4, 0x10, 0x100, 0x10000, 0x40000, 0x80000])
        t.equal(await open(`${at}\\comm`, { access }), Status.accessDenied)
      for (const disposition of [0, 4, 5])
        t.equal(await open(`${at}\\comm`, { disposition }), 0xc00000a2)
      for (const disposition of [2, 3])
        t.equal(await open(`${at}\\new`, { disposition }), 0xc00000a2)
      const file = await program.open(`${at}\\comm`, { access: Access.maximum })
      t.equal(file.access, 0x1200a9)
      const ask = (request: Uint8Array): Promise<Reply> =>
        driver.submit(request)
      const write = transfer('Write', file.contexts, 0n, 5)
      t.match(await ask(write), { status: 0xc00000a2 })
      for (const kind of [4, 10, 13, 19, 20])
        t.match(await ask(setInformation(file.contexts, kind)), {
          status: 0xc00000a2,
        })
      await file.close()
    })

    await t.test('many at once, and again and again', async t => {
      const text = await program.readFile(`${at}\\maps`)
      const all = await Promise.all(
        Array.from({ length: 64 }, () => program.readFile(`${at}\\maps`)),
      )
      t.ok(all.every(each => each.equals(text)))
      for (const path of [`${at}\\comm`, `${at}\\maps`]) {
        const cycles = await driver.cycle({ path, rounds: 300, threads: 4 })
        t.match(cycles, { failed: 0 })
      }
    })

    const { handles, mapped, tokens, violations } = await driver.stats()
    t.same(
      { handles, mapped, tokens, violations },
      {
        handles: 1, // \proc, by the case of names
        mapped: 0,
        tokens: 0,
        violations: 0,
      },
    )
    await driver.stop()
    t.match(await running.ended, { code: 0, stderr: /unmounted from outside/ })
    t.same(report(), [], 'nothing the driver would not have')
    t.match(await wine.run(built.path.suspend, ['resume', pid]), { code: 0 })
    await target.end()
  })

  await t.test('--size zero: a text is made when it is read', async t => {
    const { drive, driver, running, report } = await mount([
      '--size',
      'zero',
      'P:\\',
    ])
    const program = drive.program({ pid: 4 })
    const file = await program.open('\\proc\\uptime')
    t.equal(file.opened.size, 0)
    await sleep(20)
    const text = await file.readAll(3)
    t.ok(text.length > 3)
    t.equal((await file.info()).size, text.length)
    await file.close()
    await driver.stop()
    t.match(await running.ended, { code: 0 })
    t.same(report(), [])
  })

  await t.test(
    'the driver goes away, the mount is killed: all ends',
    async t => {
      const ways = [
        {
          act: (driver: Driver) => driver.stop(),
          end: { code: 0, stderr: /unmounted from outside/ },
        },
        {
          act: (driver: Driver) => driver.gone(0xc00000a3),
          end: {
            code: 1,
            stderr:
              /^winprocfs: P: WinFsp's driver went away: NTSTATUS 0xc00000a3$/m,
          },
        },
      ]
      for (const { act, end } of ways) {
        // a machine may be busy, the best counts
        let best = Infinity
        for (let left = 3; left > 0 && best >= 2000; left--) {
          const gone = await mount()
          const began = performance.now()
          await act(gone.driver)
          t.match(await gone.running.ended, end)
          best = Math.min(best, performance.now() - began)
          t.same(gone.report(), [])
        }
        t.ok(best < 2000, `soon: ${best.toFixed()} ms`)
      }
      const killed = await mount()
      await killed.running.kill()
      const next = await mount()
      t.ok(
        (await next.drive.program().list('\\proc')).length > 5,
        'the next works',
      )
      await next.driver.stop()
      t.match(await next.running.ended, { code: 0 })
      t.same(next.report(), [])
    },
  )

  await t.test('what cannot be mounted is told in one line', async t => {
    const table: readonly (readonly [
      what: string,
      point: string,
      environment: Environment & { readonly WINPROCFS_WINFSP?: string },
      told: RegExp,
    ])[] = [
      [
        'no WinFsp',
        'P:',
        { WINPROCFS_WINFSP: '' },
        /^winprocfs: P: WinFsp not found: winget install WinFsp\.WinFsp \(https:\/\/winfsp\.dev\/rel\/\)\n$/,
      ],
      [
        'no such DLL',
        'P:',
        { WINPROCFS_WINFSP: 'C:\\nowhere\\winfsp-x64.dll' },
        /^winprocfs: P: WinFsp not found: .*\n$/,
      ],
      [
        'a DLL from where it happens to be',
        'P:',
        { WINPROCFS_WINFSP: 'winfsp-x64.dll' },
        /^winprocfs: P: WINPROCFS_WINFSP: winfsp-x64\.dll is no absolute path\n$/,
      ],
      ['a letter in use', 'c:', {}, /C: is in use: name another letter\n$/],
      [
        'a folder that exists',
        'C:\\windows',
        {},
        /exists; WinFsp makes the folder itself\n$/,
      ],
      ['no parent', 'C:\\no\\where', {}, /its parent folder is not there\n$/],
      [
        'another machine',
        '\\\\server\\share',
        {},
        /neither a drive letter nor a folder\n$/,
      ],
      [
        'an old WinFsp',
        'P:',
        { WINPROCFS_STANDIN_VERSION: '0x1000c' },
        /^winprocfs: P: WinFsp 1\.12 is too old, 2\.0 is needed: .*\n$/,
      ],
      [
        'no driver',
        'P:',
        {
          WINPROCFS_STANDIN_PREFLIGHT: '0xc000000e',
          WINPROCFS_STANDIN_VERSION: '0x20002',
        },
        /^winprocfs: P: WinFsp is installed, but its driver does not start.*\n$/,
      ],
      [
        'no rights to mount for all',
        '\\\\.\\p:',
        {
          WINPROCFS_STANDIN_MOUNT: '0xc0000022',
          WINPROCFS_STANDIN_VERSION: '0x20002',
        },
        /^winprocfs: \\\\\.\\p: \\\\\.\\P: may not be mounted there: an administrator may, or name a letter as in P:\n$/,
      ],
      [
        'no rights',
        'P:',
        {
          WINPROCFS_STANDIN_MOUNT: '0xc0000022',
          WINPROCFS_STANDIN_VERSION: '0x20002',
        },
        /^winprocfs: P: may not be mounted there.*\n$/,
      ],
    ]
    for (const [what, point, environment, told] of table) {
      const { code, stdout, stderr } = await wine.node(cli, ['mount', point], {
        env: { ...place, ...environment },
      })
      t.match(stderr, told, what)
      t.same([code, stdout], [1, ''], what)
    }
  })
})
