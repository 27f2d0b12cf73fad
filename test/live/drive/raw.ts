/** What the drive tells by requests alone: sizes, generations, listings. */
import t from 'tap'
import { programs } from '../../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { Status } from '../../rig/winfsp/abi.ts'
import type { Asked } from '../../rig/winfsp/asker.ts'
import { buildStandIn } from '../../rig/winfsp/build.ts'
import { until } from '../../rig/winfsp/mounts.ts'
import {
  Outside,
  Refusal,
  type OpenFile,
  type Program,
} from '../../rig/winfsp/client.ts'
import type { Driver } from '../../rig/winfsp/driver.ts'
import { catOurs, cli, mountOurs, scriptOf } from '../../rig/winfsp/ours.ts'
import { Option, read } from '../../rig/winfsp/requests.ts'
import { startWine, windowsPath } from '../../rig/wine.ts'

const need = { ...missing(noLinux, noWine, noMingw), timeout: 500_000 }

const page = 4096

/** What Wine has nothing to tell of. */
const isEmpty = /\\(?:mounts|filesystems)$/

/** The text of an open, which is read within a second: else it is another. */
const readSoon = async (
  program: Program,
  path: string,
): Promise<{ readonly file: OpenFile; readonly text: Buffer }> => {
  for (;;) {
    const began = performance.now()
    const file = await program.open(path)
    const first = await file.read(0, 997)
    if (performance.now() - began < 1000) {
      const rest = await file.read(first.length, 1 << 20)
      return { file, text: Buffer.concat([first, rest]) }
    }
    await file.close()
  }
}

/** Where a path leads, or the NTSTATUS that it is refused with. */
const endOf = (act: Promise<OpenFile>): Promise<string | number> =>
  act.then(
    async file => {
      await file.close()
      return file.name
    },
    (error: unknown) => {
      if (error instanceof Outside) return error.target
      if (error instanceof Refusal) return error.status
      throw error
    },
  )

/** Reads of one handle, as much as a page each, half a page apart. */
const step = page / 2

/**
 * All of a file by such reads, all under way at once, in the order that
 * `order` makes of their numbers.
 */
const readPages = (
  driver: Driver,
  { contexts }: OpenFile,
  size: number,
  order: (reads: number[]) => number[],
): Promise<readonly (readonly [at: number, bytes: Buffer])[]> => {
  const reads = Array.from({ length: Math.ceil(size / step) }, (_, at) => at)
  return Promise.all(
    order(reads).map(async at => {
      const reply = await driver.submit(read(contexts, at * step, page))
      const bytes = reply.status === Status.success ? reply.data : []
      return [at * step, Buffer.from(bytes)] as const
    }),
  )
}

/** The last ones first; and as a hand of cards is dealt. */
const reversed = (reads: number[]): number[] => reads.toReversed()
const dealt = (reads: number[]): number[] => [
  ...reads.filter(at => at % 3 === 1),
  ...reads.filter(at => at % 3 === 2),
  ...reads.filter(at => at % 3 === 0),
]

t.test('the drive, by requests', need, async t => {
  const built = programs('growing', 'suspend', 'churn', 'lying')
  t.teardown(built.remove)
  const wine = await startWine(t)
  const dll = buildStandIn(wine.folder)
  const target = await wine.target(built.path.growing, '60')
  const pid = String(target.pid)
  const at = `\\proc\\${pid}`
  const { drive, driver, port, report, end } = await mountOurs({ wine, dll })
  const program = drive.program({ pid: target.pid })

  /** While it stands still, after it has grown; and what cat prints. */
  const grown = async <T>(
    act: (text: Buffer) => Promise<T>,
  ): Promise<{ readonly text: Buffer; readonly got: T }> => {
    await target.checksum()
    t.match(await wine.run(built.path.suspend, ['suspend', pid]), { code: 0 })
    const text = await catOurs(wine, `/proc/${pid}/maps`)
    const got = await act(text)
    t.match(await wine.run(built.path.suspend, ['resume', pid]), { code: 0 })
    return { text, got }
  }

  await t.test(
    'every text has the exact size that its handle reads',
    async t => {
      const texts = (await program.list(at)).filter(
        ({ attributes }) => attributes === 1,
      )
      t.ok(texts.some(({ name }) => name === 'maps'))
      const paths = [
        ...texts.map(({ name }) => `${at}\\${name}`),
        '\\proc\\uptime',
        '\\proc\\version',
        '\\proc\\filesystems',
      ]
      for (const path of paths) {
        const { file, text } = await readSoon(program, path)
        t.ok(text.length > 0 || isEmpty.test(path), path)
        t.equal(file.opened.size, text.length, path)
        t.equal((await file.info()).size, text.length, path)
        t.ok(file.opened.allocation >= text.length, path)
        t.equal((await file.read(text.length, 1)).length, 0, path)
        await file.close()
        t.equal((await program.stat(path)).size, 0, 'of who reads nothing')
      }
      for (const { size } of texts) t.equal(size, 0, 'nor does a listing')
    },
  )

  await t.test('two handles of a name, a generation each, whole', async t => {
    /** What is read once stays, however long it is kept. */
    const held = async (): Promise<OpenFile> => {
      const file = await program.open(`${at}\\maps`)
      t.equal((await file.read(page, 1)).length, 1)
      return file
    }
    const isWhole = async (
      file: OpenFile,
      text: Buffer,
      order: typeof dealt,
    ): Promise<void> => {
      const parts = await readPages(driver, file, text.length, order)
      t.ok(parts.length > 4)
      for (const [from, bytes] of parts)
        t.ok(bytes.equals(text.subarray(from, from + page)), `from ${from}`)
    }
    const first = await grown(held)
    const second = await grown(held)
    const [one, two] = [first.got, second.got]
    t.ok(second.text.length > first.text.length + page, 'it has grown')
    t.equal(drive.nodes.size, 1)
    await Promise.all([
      isWhole(one, first.text, reversed),
      isWhole(two, second.text, dealt),
      target.checksum(),
    ])
    const size = async (file: OpenFile): Promise<number> =>
      (await file.info()).size
    t.same(
      [await size(one), await size(two)],
      [first.text.length, second.text.length],
      'a size each',
    )

    const third = await grown(async text => {
      const start = await one.read(0, page)
      t.equal(await size(one), text.length, 'from 0 again: another')
      const rest = await one.read(page, 1 << 20)
      return Buffer.concat([start, rest])
    })
    t.ok(third.text.length > second.text.length)
    t.ok(third.got.equals(third.text), 'that is whole, too')
    t.ok(
      Buffer.from(await two.read(page, 1 << 20)).equals(
        second.text.subarray(page),
      ),
      'the other handle has what it had',
    )
    await one.close()
    const fourth = await grown(async () => {
      t.equal(await size(two), second.text.length)
      return two.readAll(1000)
    })
    t.ok(fourth.got.equals(fourth.text), 'and then another')
    await two.close()
  })

  await t.test('a listing by pages while pids come and go', async t => {
    const churn = await wine.target(built.path.churn, '12')
    const listings: number[] = []
    const seen = new Set<string>()
    for (const length of [512, 600, 1024]) {
      const folder = await program.open('\\proc', {
        options: Option.directory | Option.synchronous,
      })
      const names: string[] = []
      for (let marker: bigint | undefined, isEnd = false; !isEnd;) {
        const ended = await churn.checksum()
        while ((await churn.checksum()) === ended) continue
        const found = await folder.entries('*', marker, length)
        names.push(...found.entries.map(({ name }) => name))
        marker = found.entries.at(-1)?.next
        isEnd = found.isEnd
      }
      await folder.close()
      const pids = names.filter(name => /^\d+$/.test(name)).map(Number)
      t.same(
        pids,
        [...new Set(pids)].toSorted((a, b) => a - b),
        `none twice, by ${length}`,
      )
      t.ok(pids.length >= 10)
      for (const name of [pid, String(churn.pid), '.', '..', 'self', 'uptime'])
        t.ok(names.includes(name), `${name} is not left out`)
      for (const name of names) seen.add(name)
      listings.push(names.length)
    }
    t.ok(seen.size > Math.max(...listings), 'others each time')
    await churn.end()
  })

  await t.test('links on the way and at the end, in any case', async t => {
    const task = (await program.list(`${at}\\task`)).at(-1)?.name
    const drives = '\\??\\'
    const image = drives + windowsPath(built.path.growing)
    const cwd = drives + windowsPath(wine.stage)
    const through: readonly (readonly [path: string, end: string | number])[] =
      [
        ['\\proc\\self', at],
        ['\\PROC\\SELF\\', at],
        ['\\proc\\self\\comm', `${at}\\comm`],
        ['\\Proc\\Self\\COMM', `${at}\\comm`],
        ['\\proc\\mounts', `${at}\\mounts`],
        ['\\PROC\\MOUNTS', `${at}\\mounts`],
        [`\\proc\\SELF\\Task\\${task}\\MAPS`, `${at}\\task\\${task}\\maps`],
        ['\\proc\\self\\exe', image],
        [`${at}\\EXE`, image],
        ['\\proc\\self\\cwd', cwd],
        ['\\proc\\self\\CWD\\A\\b.txt', `${cwd}\\A\\b.txt`],
        [`${at}\\task\\${task}\\cwd\\x`, `${cwd}\\x`],
        [`${at}\\root`, `${drives}C:\\`],
        [`${at}\\root\\windows`, `${drives}C:\\windows`],
        ['\\proc\\self\\none', Status.objectNameNotFound],
        ['\\proc\\mounts\\x', Status.objectPathNotFound],
        ['\\proc\\thread-self', Status.objectNameNotFound],
        ['\\proc\\thread-self\\comm', Status.objectPathNotFound],
      ]
    for (const [path, end] of through)
      t.equal(await endOf(program.open(path)), end, path)
    const whole = (path: string): Promise<string | number> =>
      endOf(program.open(path, { options: Option.openReparsePoint }))
    t.equal(await whole('\\PROC\\SELF'), '\\proc\\self', 'the link itself')
    t.equal(await whole('\\proc\\self\\EXE'), `${at}\\exe`)
    t.equal(await whole('\\proc\\self\\root\\x'), `${drives}C:\\x`)
  })

  await t.test('self is who asks', async t => {
    const paths = ['cmdline', 'stat', 'comm'].map(
      name => `\\proc\\self\\${name}`,
    )
    const script = 'dist/test/rig/winfsp/asker.js'
    const marks = ['one', 'the second']
    const args = (mark: string): string[] => [String(port), mark, ...paths]
    const asked = await Promise.all(
      marks.map(mark => scriptOf(wine, script, ...args(mark))),
    )
    const told = asked.map(text => JSON.parse(String(text)) as Asked)
    t.not(told[0]?.pid, told[1]?.pid)
    for (const [index, { pid, texts }] of told.entries()) {
      const [cmdline = '', stat, comm] = texts
      t.same(cmdline.split('\0').slice(1), [
        script,
        ...args(marks[index] ?? ''),
        '',
      ])
      t.match(stat, new RegExp(`^${pid} \\(node\\.exe\\) `))
      t.equal(comm, 'node.exe\n')
    }
    const gone = drive.program({ pid: told[0]?.pid ?? 0 })
    const end = (): Promise<string | number> =>
      endOf(gone.open('\\proc\\self\\cmdline'))
    const none = Status.objectPathNotFound
    // that it has ended gets about a little later
    await until(async () => (await end()) === none)
    t.equal(await end(), none, 'not of one that is gone')
  })

  t.match(await driver.stats(), { handles: 0, mapped: 0, tokens: 0 })
  t.same(await driver.violations(), [])
  t.match(await end(), { code: 0 })
  t.same(report(), [])
  await target.end()

  await t.test('a current directory on another machine', async t => {
    // what Wine's functions for files are called with
    const environment = { WINEDEBUG: 'trace+file' }
    const opens = (trace: string, name: string): string[] =>
      trace.split('\n').filter(line => line.includes(name))
    const server = 'evil-server'
    const path = `\\\\${server}\\share`
    const looks = `require('fs').existsSync(${JSON.stringify(path)})`
    const followed = await wine.run(wine.nodePath(), ['-e', looks], {
      env: environment,
    })
    t.ok(opens(followed.stderr, server).length > 0, 'a trace would tell')

    const liar = await wine.target(built.path.lying, path)
    const mounted = await mountOurs({ wine, dll, environment })
    const stranger = mounted.drive.program({ pid: liar.pid })
    const cwd = `\\proc\\${liar.pid}\\cwd`
    for (const link of [cwd, '\\proc\\self\\cwd']) {
      const { tag, data } = await stranger.readlink(link)
      t.equal(tag, 0xa000001d, 'LX_SYMLINK')
      t.equal(Buffer.from(data.subarray(12)).toString(), path, 'is told')
      for (const end of ['', '\\', '\\x', '\\x\\y'])
        t.equal(
          await endOf(stranger.open(`${link}${end}`)),
          Status.ioReparseTagNotHandled,
          `${link}${end}`,
        )
    }
    for (const { name, attributes } of await stranger.list(
      `\\proc\\${liar.pid}`,
    ))
      if (attributes === 1)
        await stranger.readFile(`\\proc\\${liar.pid}\\${name}`)
    const { code, stderr } = await mounted.end()
    t.equal(code, 0)
    t.ok(opens(stderr, 'winfsp-x64.dll').length > 0, 'there is a trace')
    t.same(opens(stderr, server), [], 'never followed')
    t.same(mounted.report(), [])

    const command = ['cat', `/proc/${liar.pid}/cwd`, `/proc/${liar.pid}/maps`]
    const cat = await wine.node(cli, command, { env: environment })
    t.equal(cat.code, 0)
    t.equal(cat.stdout.split('\n')[0], path.replaceAll('\\', '/'))
    t.same(opens(cat.stderr, server), [], 'nor by the command')
    await liar.end()
  })
})
