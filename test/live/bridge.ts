/** Programs of Linux and of Windows on a drive, by the least there can be. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { programs } from '../rig/mingw.ts'
import {
  missing,
  noFile,
  noLinux,
  noMingw,
  noRoot,
  noWine,
} from '../rig/need.ts'
import { isMounted } from '../rig/server.ts'
import { Status, tagSymlink } from '../rig/winfsp/abi.ts'
import { bridgeTo, letterFor, startBridge } from '../rig/winfsp/bridge.ts'
import { codeOfStatus } from '../rig/winfsp/bridge/errors.ts'
import { childOf, targetOf } from '../rig/winfsp/bridge/names.ts'
import { buildStandIn } from '../rig/winfsp/build.ts'
import {
  content,
  folder,
  inner,
  links,
  namesIn,
  slow,
  who,
} from '../rig/winfsp/echo/files.ts'
import { create, read } from '../rig/winfsp/requests.ts'
import { contextsOf } from '../rig/winfsp/responses.ts'
import { startWine, windowsPath, type Ended } from '../rig/wine.ts'

const need = {
  ...missing(noLinux, noRoot, noWine, noMingw, noFile('/dev/fuse')),
  timeout: 500_000,
}

const slashed = (path: string): string => path.replaceAll('\\', '/')

const bytesOf = (name: string): Buffer =>
  Buffer.from(content.get(name) as Uint8Array)

/** All that can be read without waiting for others. */
const files = [...content.keys()].filter(name => name !== slow)

/** The same tree on a disk, for the same programs. */
const copyTo = (place: string): string => {
  mkdirSync(join(place, folder), { recursive: true })
  for (const [name, bytes] of content)
    writeFileSync(join(place, slashed(name)), bytes)
  for (const [name, target] of links) {
    const up = '../'.repeat(name.split('\\').length - 1)
    symlinkSync(`${up}${target.slice(1)}`, join(place, slashed(name)))
  }
  return place
}

/** Runs a program in a folder, its output as it is. */
const at = (
  cwd: string,
  [program = '', ...args]: readonly string[],
): { status: number | null; stdout: Buffer; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    timeout: 60_000,
    env: { ...process.env, LC_ALL: 'C' },
  })
  return { status, stdout, stderr: stderr.toString() }
}

const sorted = (bytes: Buffer): string[] =>
  bytes.toString('latin1').split('\n').sort()

const until = async (
  is: () => boolean | Promise<boolean>,
): Promise<boolean> => {
  const end = performance.now() + 60_000
  while (!(await is())) {
    if (performance.now() > end) return false
    await sleep(5)
  }
  return true
}

/** What they print is what they print of the copy. */
const commands: readonly (readonly string[])[] = [
  ['cat', 'file'],
  ['cat', 'Empty'],
  ['cat', 'Link'],
  ['cat', 'Folder/Back'],
  ['cat', ...files.slice(0, 20).map(slashed)],
  ['md5sum', ...files.map(slashed)],
  ['grep', '-n', 't', 'Folder/Inner'],
  ['grep', '-rn', 'three', 'Folder'],
  ['grep', '-c', 'x', 'file'],
  ['tail', '-c', '17', 'file'],
  ['tail', '-c', '+99000', 'file'],
  ['tail', '-n', '2', 'Folder/Inner'],
  ['head', '-n1', 'Folder/Inner'],
  ['head', '-c', '5', 'file'],
  ['wc', '-c', 'file'],
  ['dd', 'if=file', 'bs=999', 'skip=50', 'count=3', 'status=none'],
  ['readlink', 'Link', 'Folder/Back'],
  ['ls', 'Folder'],
  ['stat', '-c', '%n %F %s', 'file', 'Folder/Inner', 'Empty'],
  ['cat', 'none'],
  ['cat', 'Folder'],
  ['ls', 'file/none'],
]

/** The same, in whatever order. */
const unordered: readonly (readonly string[])[] = [
  ['find', '.'],
  ['find', '.', '-type', 'd'],
  ['find', '.', '-type', 'l', '-printf', '%p %l\\n'],
  ['find', '.', '-type', 'f', '-size', '+10'],
]

t.test('where a link leads on Linux', t => {
  const link = { tag: tagSymlink, data: new Uint8Array(), isRelative: true }
  const table = [
    ['\\self', '1234', '1234'],
    ['\\a', 'b\\c', 'b/c'],
    ['\\a', '\\b\\c', 'b/c'],
    ['\\a\\b\\c', '\\d', '../../d'],
    ['\\a', '\\', '.'],
    ['\\a\\b', '\\', '../'],
  ] as const
  for (const [path, target, expected] of table)
    t.equal(targetOf(path, { ...link, target, print: target }), expected, path)
  const outside = { target: '\\??\\C:\\x.exe', print: 'C:\\x.exe' }
  t.equal(
    targetOf('\\exe', { ...link, ...outside, isRelative: false }),
    'C:\\x.exe',
  )
  const data = Buffer.from('1d0000a00b00000002000000', 'hex')
  const lx = Buffer.concat([data, Buffer.from('pipe:[7]')])
  t.equal(
    targetOf('\\fd', {
      ...link,
      tag: 0xa000001d,
      data: lx,
      target: '',
      print: '',
    }),
    'pipe:[7]',
  )
  t.end()
})

t.test('what no name on Windows has, and what is told of a status', t => {
  for (const name of ['a\\b', 'a:b', 'a*', '?', '"', 'a|b', '<', '>'])
    t.throws(() => childOf('\\', name), { code: 'ENOENT' }, name)
  t.equal(childOf('\\', 'a'), '\\a')
  t.equal(childOf('\\a', 'b.c'), '\\a\\b.c')
  t.equal(codeOfStatus(Status.accessDenied), 'EACCES')
  t.equal(codeOfStatus(Status.objectNameNotFound), 'ENOENT')
  t.equal(codeOfStatus(0xc0001234), undefined)
  t.end()
})

t.test('the bridge', need, async t => {
  const wine = await startWine(t)
  const readers = await startWine(t)
  const dll = buildStandIn(wine.folder)
  const copy = copyTo(join(wine.folder, 'copy'))
  const echo = {
    wine,
    program: wine.nodePath(),
    args: [
      'dist/test/rig/winfsp/echo.js',
      windowsPath(dll),
      'P:',
      windowsPath(join(wine.folder, 'no-stop')),
    ],
  }
  const bridged = await startBridge(t, { ...echo, caller: { pid: 77 } })
  const { bridge, driver } = bridged
  const { point } = bridge
  t.throws(() => letterFor(wine, wine, bridge), /cannot read it/)

  /** A program that is started in the mount, and how it ended. */
  const start = (script: string, ...args: readonly string[]) => {
    const child = spawn('sh', ['-c', script, 'sh', ...args], { cwd: point })
    const parts: Buffer[] = []
    child.stdout.on('data', part => parts.push(part as Buffer))
    const ended = once(child, 'close').then(([code, signal]) => ({
      how: (signal ?? code) as number | string,
      stdout: Buffer.concat(parts),
    }))
    return { child, ended }
  }
  const isIdle = (): Promise<boolean> =>
    until(async () => {
      const { handles, queued, given } = await driver.stats()
      return handles + queued + given === 0
    })

  await t.test('programs of Linux read what is there', async t => {
    for (const command of commands)
      t.same(
        at(point, command),
        at(copy, command),
        command.slice(0, 4).join(' '),
      )
    for (const command of unordered)
      t.same(
        sorted(at(point, command).stdout),
        sorted(at(copy, command).stdout),
        command.join(' '),
      )
    t.match(
      at(point, ['ls', '-ln', 'file', 'Link']).stdout.toString(),
      /^lrwxrwxrwx 1 0 0 +0 .* Link -> file\n-r--r--r-- 1 0 0 100000 .* file\n$/,
    )
    t.same(at(point, ['cat', 'FOLDER/inNER']).stdout, bytesOf(inner))
    t.match(JSON.parse(at(point, ['cat', who]).stdout.toString()), {
      pid: 77,
      isToken: true,
    })
    t.equal(at(point, ['stat', '-c', '%s', who]).stdout.toString(), '0\n')
    for (const script of ['echo > file', 'echo > new', 'rm file', 'mkdir new'])
      t.match(
        at(point, ['sh', '-c', script]).stderr,
        /Read-only file system/,
        script,
      )
    t.match(at(point, ['cat', 'a\\b']).stderr, /No such file/)
    t.ok(await isIdle(), 'all is closed')
  })

  await t.test('many at once, and one that hangs', async t => {
    await driver.set('hold', 1)
    const names = files.slice(-12)
    const cats = names.map(name => start('exec cat "$1"', name))
    t.ok(await until(async () => (await driver.stats()).queued === 12))
    await driver.set('hold', 0)
    for (const [index, { ended }] of cats.entries())
      t.same(await ended, {
        how: 0,
        stdout: bytesOf(names[index] as string),
      })

    const stuck = start('exec cat "$1"', slow)
    t.ok(await until(async () => (await driver.stats()).given === 1))
    t.same(at(point, ['cat', 'file']).stdout, bytesOf('file'))
    stuck.child.kill('SIGINT')
    t.equal((await stuck.ended).how, 'SIGINT', 'it need not wait')
    const handle = contextsOf(await driver.submit(create(`\\${slow}`)))
    const rest = [1, 2, 3, 4, 5, 6, 7].map(offset =>
      driver.submit(read(handle, offset, 1)),
    )
    await Promise.all(rest)
    t.ok(
      await until(async () => (await driver.stats()).handles === 1),
      'what it had open is closed when that can be',
    )
  })

  await t.test('what is interrupted while it waits', async t => {
    const before = await driver.stats()
    const reader = start('exec 3< "$1"; echo; read x; read x <&3', 'file')
    await once(reader.child.stdout, 'data')
    await driver.set('hold', 1)
    reader.child.stdin.write('\n')
    t.ok(await until(async () => (await driver.stats()).queued === 1))
    reader.child.kill('SIGKILL')
    t.equal((await reader.ended).how, 'SIGKILL', 'in a read')
    t.ok(
      await until(
        async () => (await driver.stats()).cancelled === before.cancelled + 1,
      ),
      'the request is taken back',
    )
    const opening = start('exec cat "$1"', 'entry-001')
    // with the Close of what the first had open
    t.ok(await until(async () => (await driver.stats()).queued === 2))
    opening.child.kill('SIGKILL')
    t.equal((await opening.ended).how, 'SIGKILL', 'in an open')
    await driver.set('hold', 0)
    t.ok(
      await until(
        async () => (await driver.stats()).handles === before.handles,
      ),
      'all is closed',
    )
  })

  await t.test('programs of Windows read what is there', async t => {
    letterFor(readers, wine, bridge)
    const { path, remove } = programs('reader')
    t.teardown(remove)
    const to = (name: string): string => join(readers.folder, name)
    const same = (name: string, of: string): void => {
      const bytes = existsSync(to(name)) ? readFileSync(to(name)) : undefined
      t.same(bytes, bytesOf(of), name)
    }
    const win = (...args: readonly string[]): Promise<Ended> =>
      readers.run(path.reader, args)
    const cmd = (...args: readonly string[]): Promise<Ended> =>
      readers.run('cmd', ['/c', ...args])

    const whole = await win(
      'read',
      'P:\\file',
      windowsPath(to('file')),
      '4096',
      '65536',
      '1048576',
      '999',
    )
    t.same(whole, { code: 0, stdout: '', stderr: '' })
    for (const size of [4096, 65_536, 1_048_576, 999])
      same(`file.${size}`, 'file')
    const [small, pages, all, some, write, none, typed, listed] =
      await Promise.all([
        win('read', 'P:\\folder\\INNER', windowsPath(to('inner')), '1', '3'),
        win('pages', 'P:\\file', windowsPath(to('pages')), '8192'),
        win('list', 'P:\\*'),
        win('list', 'P:\\entry-00?'),
        win('write', 'P:\\file'),
        win('read', 'P:\\none', windowsPath(to('none')), '1'),
        cmd('type', 'P:\\Folder\\Inner'),
        cmd('dir', 'P:\\Folder'),
      ])
    t.same(small, { code: 0, stdout: '', stderr: '' })
    same('inner.1', inner)
    same('inner.3', inner)
    t.same(pages, { code: 0, stdout: '', stderr: '' })
    same('pages', 'file')
    const found = new Map(
      all.stdout
        .trimEnd()
        .split('\n')
        .map(line => line.split(' '))
        .map(([attributes = '', size = '', name = '']) => [
          name,
          [Number.parseInt(attributes, 16) & 0x10, Number(size)],
        ]),
    )
    t.same(
      [...found.keys()].filter(name => !/^\.\.?$/.test(name)).sort(),
      [...namesIn('')].sort(),
    )
    t.same(found.get('file'), [0, 100_000])
    t.same(found.get('Folder')?.[0], 0x10)
    t.equal(some.stdout.trimEnd().split('\n').length, 10)
    // ERROR_ACCESS_DENIED: Wine goes by the permissions of the file
    t.same([write.code, write.stdout], [1, 'CreateFileW: 5\n'])
    t.same([none.code, none.stdout], [1, 'CreateFileW: 2\n'])
    t.equal(typed.stdout, bytesOf(inner).toString())
    t.match(listed.stdout, /\s14 +Inner$/m)
    t.match(
      JSON.parse((await cmd('type', `P:\\${who}`)).stdout),
      { pid: 77 },
      'also what has no size',
    )
  })

  await t.test('one whose test is killed leaves nothing', async t => {
    const script = join(import.meta.dirname, '../rig/winfsp/bridge/held.js')
    const holder = spawn(process.execPath, [script, String(bridged.port)])
    const [line] = (await once(holder.stdout, 'data')) as [Buffer]
    const held = JSON.parse(line.toString()) as { point: string; pid: number }
    t.same(at(held.point, ['cat', 'file']).stdout, bytesOf('file'))
    const isThere = (): boolean =>
      isMounted(held.point) || existsSync(held.point)
    t.ok(isThere())
    holder.kill('SIGKILL')
    t.ok(await until(() => !isThere()))
    t.ok(await until(() => !existsSync(`/proc/${held.pid}`)))
  })

  await t.test('one that is killed itself can be taken away', async t => {
    const other = await bridgeTo(bridged.port)
    process.kill(other.pid, 'SIGKILL')
    t.equal(await other.end(), null)
    t.notOk(isMounted(other.point))
    t.notOk(existsSync(other.point))
  })

  await t.test('it ends with the drive', async t => {
    t.same(await driver.violations(), [])
    t.same(bridge.errors(), [])
    await driver.set('hold', 1)
    const waiting = start('exec cat "$1"', 'file')
    t.ok(await until(async () => (await driver.stats()).queued === 1))
    await bridged.running.kill()
    t.not((await waiting.ended).how, 0)
    t.ok(await until(() => !isMounted(point)))
    await bridge.end()
    t.notOk(existsSync(point))
  })
})
