import { setImmediate as soon } from 'node:timers/promises'
import t from 'tap'
import { noteSize } from '../../../fs/openfile.ts'
import { rows } from '../../../fs/tree.ts'
import { Status } from '../../rig/winfsp/abi.ts'
import { tokens } from '../../rig/winfsp/model.ts'
import {
  Access,
  create,
  fileSystemControl,
  ofHandle,
  setInformation,
  transfer,
  type CreateOptions,
} from '../../rig/winfsp/requests.ts'
import {
  environ,
  isClean,
  letterOf,
  outside,
  page,
  rig,
  status,
  statusOf,
} from '../../rig/winfsp/session.ts'

t.test('who looks at attributes alone has no text made', async t => {
  const it = await rig()
  const { readAttributes, readControl, synchronize } = Access
  for (const access of [readAttributes, readControl | synchronize]) {
    const looking = await it.program.open(environ, { access })
    t.equal(looking.opened.size, 0)
    t.equal((await looking.info()).size, 0)
    await looking.close()
  }
  const file = await it.program.open(environ)
  t.equal(letterOf(await file.read(0, page)), 'a', 'the first that was made')
  await file.close()
  isClean(t, it)
})

t.test('a text by a walker: the open waits for it', async t => {
  const it = await rig({ isLate: true })
  const { model, program } = it
  const opening = program.open(environ)
  t.equal(model.given, 1)
  model.finish()
  const file = await opening
  t.equal(file.opened.size, 3 * page)
  t.equal(file.name, environ)
  t.equal(letterOf(await file.read(0, page)), 'a')
  const again = file.read(0, page)
  await soon()
  t.equal(model.given, 1, 'and so does a read that makes one')
  model.finish()
  t.equal(letterOf(await again), 'b')
  t.equal(letterOf(await file.read(page, page)), 'b')
  await file.close()
  isClean(t, it)
})

t.test('a text that is not made: no handle, no token is left', async t => {
  for (const [outcome, told] of [
    ['ETIMEDOUT', status.timeout],
    ['EACCES', status.noMoreRights],
    ['ESRCH', status.nameNotFound],
    ['ENODEV', 0xc000000e],
  ] as const) {
    const it = await rig({ isLate: true })
    const opening = statusOf(it.program.open(environ))
    it.model.finish(outcome)
    t.equal(await opening, told, outcome)
    isClean(t, it)
  }
})

t.test('who has no right sees names, and no text', async t => {
  const it = await rig()
  const { drive } = it
  for (const pid of [10, 20]) {
    const nobody = drive.program({ token: tokens.none, pid })
    for (const from of ['10', 'self', '10\\task\\11'])
      for (const name of [
        'environ',
        'maps',
        'mem',
        'cmdline',
        'exe',
        'cwd',
        'root',
      ])
        t.equal(
          await statusOf(nobody.open(`\\proc\\${from}\\${name}`)),
          status.noMoreRights,
          `${from}\\${name}`,
        )
    t.equal(String(await nobody.readFile('\\proc\\10\\comm')), 'ten\n')
    t.equal((await nobody.list('\\proc\\10')).length, 17)
    t.equal((await nobody.stat(environ)).size, 0)
    t.equal(
      await statusOf(nobody.readlink('\\proc\\10\\exe')),
      status.noMoreRights,
    )
    for (const folder of ['fd', 'task\\11\\fdinfo'])
      t.equal(
        await statusOf(nobody.list(`\\proc\\10\\${folder}`)),
        status.noMoreRights,
        folder,
      )
    const most = await nobody.open(environ, { access: Access.maximum })
    t.equal(most.access, 0x120088, 'no data')
    t.equal(await statusOf(most.read(0, 1)), status.noMoreRights)
    await most.close()
  }
  const barred = drive.program({ token: tokens.barred })
  t.equal(await statusOf(barred.list('\\')), status.noMoreRights)
  isClean(t, it)
})

t.test('nothing that lets change is granted', async t => {
  const it = await rig()
  const table: readonly (readonly [CreateOptions, number])[] = [
    [{ access: 0x120089 }, 0x120089],
    [{ access: 0x80 }, 0x80],
    [{ access: 0x80, granted: 0x1f01ff }, 0x1200a9],
    [{ access: Access.maximum }, 0x1200a9],
    [{ access: Access.maximum | 1 }, 0x1200a9],
  ]
  for (const [options, granted] of table) {
    const file = await it.program.open('\\proc\\10\\comm', options)
    t.equal(file.access, granted)
    await file.close()
  }
  for (let bit = 1; bit < 2 ** 32; bit *= 2)
    if (!(0x1200a9 & bit) && bit !== Access.maximum)
      for (const path of ['\\proc\\10\\comm', '\\proc', '\\'])
        t.equal(
          await statusOf(it.program.open(path, { access: bit })),
          status.noMoreRights,
          `${path} ${bit.toString(16)}`,
        )
  isClean(t, it)
})

t.test('what would change something is refused', async t => {
  const it = await rig()
  const open = (path: string, options: CreateOptions): Promise<number> =>
    statusOf(it.program.open(path, options))
  const table: readonly (readonly [string, CreateOptions, number])[] = [
    ['\\proc\\10\\comm', { disposition: 0 }, status.writeProtected],
    ['\\proc\\10\\comm', { disposition: 2 }, status.collision],
    ['\\proc\\10\\comm', { disposition: 4 }, status.writeProtected],
    ['\\proc\\10\\comm', { disposition: 5 }, status.writeProtected],
    ['\\proc\\10\\comm', { disposition: 6 }, 0xc000000d],
    ['\\proc\\10\\comm', { options: 0x1000 }, status.cannotDelete],
    ['\\proc\\10\\new', { disposition: 1 }, status.nameNotFound],
    ['\\proc\\10\\new', { disposition: 2 }, status.writeProtected],
    ['\\proc\\10\\new', { disposition: 3 }, status.writeProtected],
    ['\\proc\\10\\new', { flags: 0x13 }, status.writeProtected],
    ['\\proc\\11\\new', { disposition: 2 }, status.pathNotFound],
    ['\\proc\\10', { options: 0x40 }, status.isDirectory],
    ['\\proc\\10\\comm', { options: 0x1 }, status.notDirectory],
    ['\\proc\\10\\comm\\', {}, status.nameInvalid],
    ['\\proc\\10\\comm\\x', {}, status.pathNotFound],
  ]
  for (const [path, options, told] of table)
    t.equal(
      await open(path, options),
      told,
      `${path} ${JSON.stringify(options)}`,
    )
  const file = await it.program.open('\\proc\\10\\comm')
  const { contexts } = file
  const asks = [
    transfer('Write', contexts, 0n, 0),
    setInformation(contexts, 4),
    setInformation(contexts, 13, 1n),
    ofHandle('Overwrite', contexts),
    ofHandle('SetEa', contexts),
    ofHandle('SetSecurity', contexts),
    ofHandle('SetVolumeInformation', contexts),
    fileSystemControl(contexts, '\\proc\\10\\comm', 0x900a4),
    fileSystemControl(contexts, '\\proc\\10\\comm', 0x900ac),
  ]
  for (const ask of asks)
    t.equal((await it.model.submit(ask)).status, status.writeProtected)
  for (const kind of [
    'QueryEa',
    'LockControl',
    'QueryStreamInformation',
  ] as const)
    t.equal(
      (await it.model.submit(ofHandle(kind, contexts))).status,
      Status.invalidDeviceRequest,
      kind,
    )
  for (const kind of ['Cleanup', 'Shutdown', 'FlushBuffers'] as const)
    t.equal((await it.model.submit(ofHandle(kind, contexts))).status, 0, kind)
  await file.close()
  const none = { UserContext: 0n, UserContext2: 0n }
  t.equal((await it.model.submit(ofHandle('FlushBuffers', none))).status, 0)
  for (const kind of ['Read', 'QueryInformation', 'QuerySecurity'] as const)
    t.equal(
      (await it.model.submit(ofHandle(kind, contexts))).status,
      Status.invalidHandle,
      `${kind} of what is closed`,
    )
  isClean(t, it)
})

t.test('names in any case, told as they are', async t => {
  const it = await rig()
  for (const [path, name] of [
    ['\\', '\\'],
    ['\\PROC', '\\proc'],
    ['\\Proc\\10\\TASK\\11\\Comm', '\\proc\\10\\task\\11\\comm'],
  ] as const) {
    const file = await it.program.open(path)
    t.equal(file.name, name)
    await file.close()
  }
  t.equal(
    await statusOf(it.program.open('\\proc\\p\u0131d')),
    status.nameNotFound,
  )
  t.equal(await statusOf(it.program.open('\\proc\\010')), status.nameNotFound)
  isClean(t, it)
})

t.test('what is told of a name differs in case alone', async t => {
  const it = await rig()
  for (const path of ['\\\\proc', '\\proc\\\\10', '\\proc\\', '\\\\'])
    t.equal(
      (await it.model.submit(create(path))).status,
      status.nameInvalid,
      path,
    )
  isClean(t, it)
})

t.test('the longest path has room in a note', async t => {
  const names = rows.flatMap(row =>
    row.kind === 'directory' ? Object.keys(row.rows) : [],
  )
  const longest = Math.max(...names.map(({ length }) => length))
  const path = `\\proc\\4294967295\\task\\4294967295\\${'x'.repeat(longest)}`
  t.ok(128 + Math.ceil((path.length * 2) / 8) * 8 <= noteSize)
})

t.test('links by who asks', async t => {
  const it = await rig()
  const { drive } = it
  const [ten, twenty] = [10, 20].map(pid => drive.program({ pid, token: 1 }))
  t.equal(String(await ten?.readFile('\\proc\\self\\comm')), 'ten\n')
  t.equal(String(await twenty?.readFile('\\PROC\\SELF\\COMM')), 'twenty\n')
  t.match(await twenty?.readlink('\\proc\\self'), {
    target: '20',
    print: '20',
    isRelative: true,
  })
  const through = await ten?.open('\\proc\\self\\comm', { options: 0x200000 })
  t.equal(
    String(await through?.readAll(64)),
    'ten\n',
    'a link on the way is followed, also by who opens links',
  )
  await through?.close()
  t.match(await ten?.readlink('\\proc\\mounts'), { target: 'self\\mounts' })
  t.match(await ten?.lstat('\\proc\\self'), {
    attributes: 0x410,
    tag: 0xa000000c,
    size: 0,
  })
  t.match(await ten?.lstat('\\proc\\mounts'), { attributes: 0x400 })
  t.equal(
    await statusOf(ten?.open('\\proc\\thread-self') as Promise<unknown>),
    status.nameNotFound,
    'Windows tells no thread',
  )
  t.equal(
    await statusOf(ten?.open('\\proc\\thread-self\\comm') as Promise<unknown>),
    status.pathNotFound,
    'nor what is beyond it',
  )
  const contexts = (await ten?.open('\\proc\\10\\comm'))?.contexts
  if (contexts) {
    const ask = fileSystemControl(contexts, '\\proc\\10\\comm', 0x900a8)
    t.equal((await it.model.submit(ask)).status, status.noLink)
    const other = fileSystemControl(contexts, '\\proc\\10\\comm', 0x900aa)
    t.equal((await it.model.submit(other)).status, Status.invalidDeviceRequest)
    await it.model.submit(ofHandle('Close', contexts))
  }
  isClean(t, it)
})

t.test('links that lead out, and those that only tell', async t => {
  const it = await rig()
  const { program } = it
  t.match(await program.readlink('\\proc\\10\\exe'), {
    target: '\\??\\C:\\Windows\\ten.exe',
    print: 'C:\\Windows\\ten.exe',
    isRelative: false,
  })
  for (const [path, target] of [
    ['\\proc\\10\\exe', '\\??\\C:\\Windows\\ten.exe'],
    ['\\proc\\10\\root', '\\??\\C:\\'],
    ['\\proc\\10\\root\\a\\b', '\\??\\C:\\a\\b'],
    ['\\proc\\self\\root\\a', '\\??\\C:\\a'],
  ] as const)
    t.equal(await outside(program.open(path)), target, path)
  for (const [path, target] of [
    ['\\proc\\10\\cwd', '\\\\server\\share'],
    ['\\proc\\20\\exe', 'C:\\a\\..\\b'],
    ['\\proc\\20\\cwd', 'C:\\x:y'],
  ] as const) {
    const { tag, data } = await program.readlink(path)
    t.equal(tag, 0xa000001d, path)
    t.equal(Buffer.from(data.subarray(12)).toString(), target)
    t.equal(
      await statusOf(program.open(`${path}\\x`)),
      Status.ioReparseTagNotHandled,
      'never followed',
    )
  }
  isClean(t, it)
})

t.test('a token is kept for what asks who reads, for nothing else', async t => {
  const it = await rig({ size: 'zero' })
  const { model, program } = it
  for (const [name, kept] of [
    ['comm', 0],
    ['cmdline', 1],
    ['environ', 1],
    ['exe', 1],
    ['stat', 1],
  ] as const) {
    const options = name === 'exe' ? { options: 0x20_0000 } : {}
    const file = await program.open(`\\proc\\10\\${name}`, options)
    t.equal(model.kept.size, kept, name)
    await file.close()
  }
  isClean(t, it)
})
