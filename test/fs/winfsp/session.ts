import { setImmediate as soon } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { noteSize } from '../../../fs/openfile.ts'
import { rows } from '../../../fs/tree.ts'
import { Errno } from '../../../provider/errno.ts'
import { fuzzHere } from '../../fuzz/here.ts'
import fuzzer from '../../fuzz/session.ts'
import { Kind, Rsp, Status, viewOf } from '../../rig/winfsp/abi.ts'
import {
  Outside,
  Refusal,
  type Drive,
  type Program,
} from '../../rig/winfsp/client.ts'
import { Model, tokens, type Options } from '../../rig/winfsp/model.ts'
import {
  Access,
  create,
  fileSystemControl,
  ofHandle,
  queryDirectory,
  read,
  setInformation,
  transfer,
  type CreateOptions,
} from '../../rig/winfsp/requests.ts'

const status = {
  noMoreRights: 0xc0000022,
  nameNotFound: 0xc0000034,
  pathNotFound: 0xc000003a,
  writeProtected: 0xc00000a2,
  isDirectory: 0xc00000ba,
  notDirectory: 0xc0000103,
  nameInvalid: 0xc0000033,
  collision: 0xc0000035,
  timeout: 0xc00000b5,
  cannotDelete: 0xc0000121,
  noLink: 0xc0000275,
  ioError: 0xc0000185,
} as const

const page = 4096

interface Rig {
  readonly model: Model
  readonly drive: Drive
  readonly program: Program
}

/** A drive of a few processes; what environ says is counted. */
const rig = async (options: Omit<Options, 'facts'> = {}): Promise<Rig> => {
  let count = 0
  const letter = (): string => String.fromCharCode(97 + (count++ % 26))
  const model = new Model({
    ...options,
    facts: {
      version: 'Linux version 1',
      processes: [
        {
          pid: 10,
          threads: [{ tid: 10 }, { tid: 11, comm: 'second' }],
          comm: 'ten',
          cmdline: 'a\0b\0',
          environ: () => letter().repeat(3 * page),
          exe: 'C:\\Windows\\ten.exe',
          cwd: '\\\\server\\share',
          root: 'C:\\',
        },
        { pid: 20, comm: 'twenty', exe: 'C:\\a\\..\\b', cwd: 'C:\\x:y' },
        ...Array.from({ length: 40 }, (_, n) => ({ pid: 100 + n })),
      ],
    },
  })
  const drive = await model.drive()
  return { model, drive, program: drive.program({ token: tokens.all }) }
}

/** The NTSTATUS that something ends with. */
const statusOf = (act: Promise<unknown>): Promise<number> =>
  act.then(
    () => 0,
    (error: unknown) => {
      if (error instanceof Refusal) return error.status
      throw error
    },
  )

const outside = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'inside',
    (error: unknown) => {
      if (error instanceof Outside) return error.target
      throw error
    },
  )

const environ = '\\proc\\10\\environ'

const letterOf = (bytes: Uint8Array): string =>
  [...new Set(Buffer.from(bytes).toString())].join('')

/** At the end of a test: nothing is left, nothing went wrong. */
const isClean = (t: Test, { model }: Rig): void => {
  t.same(model.faults, [])
  t.same(model.lines, [])
  t.equal(model.given, 0)
  t.same(model.session.held, { nodes: 0, files: 0, directories: 0 })
  t.equal(model.kept.size, 0, 'no token is kept')
}

t.test('a handle has one text, and its exact size', async t => {
  const it = await rig()
  const file = await it.program.open(environ)
  t.equal(file.opened.size, 3 * page)
  t.equal(file.opened.allocation, 3 * page)
  t.equal((await file.info()).size, 3 * page)
  const pages = [2, 0, 1].map(at => file.read(at * page, page))
  const texts = await Promise.all(pages)
  t.same(texts.map(letterOf), ['a', 'a', 'a'], 'in any order')
  t.equal((await file.read(3 * page - 5, 100)).length, 5, 'cut at its end')
  t.equal((await file.read(3 * page, 1)).length, 0, 'its end')
  t.equal((await file.read(2 ** 52, 1)).length, 0, 'far beyond it')
  await file.close()
  isClean(t, it)
})

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

t.test('two handles of one name have a text each', async t => {
  const it = await rig()
  const [one, two] = [
    await it.program.open(environ),
    await it.program.open(environ),
  ]
  t.equal(letterOf(await two.readAll()), 'b')
  t.equal(letterOf(await one.readAll()), 'a')
  await one.close()
  t.equal(letterOf(await two.read(page, 10)), 'b', 'also when one is closed')
  await two.close()
  isClean(t, it)
})

t.test('reading from the start again makes another text', async t => {
  const it = await rig()
  const file = await it.program.open(environ)
  t.equal(letterOf(await file.read(0, 0)), '')
  t.equal(letterOf(await file.read(0, page)), 'a', 'the first is that of open')
  t.equal(letterOf(await file.read(0, page)), 'b')
  t.equal(letterOf(await file.read(page, page)), 'b')
  t.equal(letterOf(await file.read(0, page)), 'c')
  await file.close()
  isClean(t, it)
})

t.test('what nobody has read for a second is made anew', async t => {
  const it = await rig()
  const { model, program } = it
  const [soon, late] = [
    await program.open(environ),
    await program.open(environ),
  ]
  model.clock += 1000
  t.equal(letterOf(await soon.read(page, page)), 'a')
  model.clock += 1
  t.equal(letterOf(await late.read(page, page)), 'c')
  model.clock += 5000
  t.equal(letterOf(await late.read(2 * page, page)), 'c', 'only the first')
  await soon.close()
  await late.close()
  isClean(t, it)
})

t.test('--size zero: the first read makes the text', async t => {
  const it = await rig({ size: 'zero' })
  const file = await it.program.open(environ)
  t.equal(file.opened.size, 0)
  t.equal((await file.info()).size, 0)
  t.equal(letterOf(await file.read(page, page)), 'a')
  t.equal((await file.info()).size, 3 * page)
  t.equal(letterOf(await file.read(0, page)), 'a')
  t.equal(letterOf(await file.read(0, page)), 'b')
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

t.test('a read that fails leaves the text as it was', async t => {
  const it = await rig({ isLate: true })
  const { model, program } = it
  const opening = program.open(environ)
  model.finish()
  const file = await opening
  await file.read(0, page)
  const failing = statusOf(file.read(0, page))
  await soon()
  model.finish('ETIMEDOUT')
  t.equal(await failing, status.timeout)
  t.equal(letterOf(await file.read(page, page)), 'a')
  await file.close()
  isClean(t, it)
})

t.test('a token is kept while a walker may still ask for it', async t => {
  const it = await rig({ isLate: true })
  const { model, program } = it
  const opening = program.open(environ)
  model.finish()
  const file = await opening
  await file.read(0, page)
  const reading = model.submit(read(file.contexts, 0, page))
  await file.close()
  t.equal(model.kept.size, 1)
  model.finish()
  await reading
  isClean(t, it)
})

t.test('rights are asked at every generation', async t => {
  const it = await rig()
  const { model, program } = it
  const file = await program.open(environ)
  t.equal(letterOf(await file.read(0, page)), 'a')
  model.denied = 'read'
  t.equal(letterOf(await file.read(page, page)), 'a', 'what was made is')
  t.equal(await statusOf(file.read(0, page)), status.noMoreRights)
  await file.close()
  isClean(t, it)
})

t.test('who has no right sees names, and no text', async t => {
  const it = await rig()
  const { drive } = it
  for (const pid of [10, 20]) {
    const nobody = drive.program({ token: tokens.none, pid })
    for (const from of ['10', 'self', '10\\task\\11'])
      for (const name of ['environ', 'maps', 'cmdline', 'exe', 'cwd', 'root'])
        t.equal(
          await statusOf(nobody.open(`\\proc\\${from}\\${name}`)),
          status.noMoreRights,
          `${from}\\${name}`,
        )
    t.equal(String(await nobody.readFile('\\proc\\10\\comm')), 'ten\n')
    t.equal((await nobody.list('\\proc\\10')).length, 14)
    t.equal((await nobody.stat(environ)).size, 0)
    t.equal(
      await statusOf(nobody.readlink('\\proc\\10\\exe')),
      status.noMoreRights,
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

t.test('a listing in pieces, while processes come and go', async t => {
  const it = await rig()
  const { model, program } = it
  const whole = await program.list('\\proc')
  t.equal(whole.length, 2 + 6 + 42)
  t.same(await program.list('\\proc', '*', 300), whole)
  t.notOk((await program.list('\\')).some(({ name }) => name === '.'))
  const folder = await program.open('\\proc', { options: 0x21 })
  const names: string[] = []
  for (let marker: bigint | undefined; ;) {
    const { entries, isEnd } = await folder.entries('*', marker, 1000)
    names.push(...entries.map(({ name }) => name))
    marker = entries.at(-1)?.next
    if (isEnd) break
    const last = Number(names.at(-1))
    if (last) model.machine.end(last)
    model.machine.begin({ pid: 1000 + names.length })
  }
  t.same(
    names,
    whole.map(({ name }) => name),
    'each once',
  )
  await folder.close()
  t.match(await program.list('\\proc', '10'), [{ name: '10' }])
  t.match(await program.list('\\proc', 'SELF'), [
    { name: 'self', attributes: 0x410 },
  ])
  t.same(await program.list('\\proc', '99'), [])
  isClean(t, it)
})

t.test('ids are those of a stat, and no two are one', async t => {
  const it = await rig()
  const entries = await it.program.list('\\proc\\10')
  t.equal(new Set(entries.map(({ index }) => index)).size, entries.length)
  for (const { name, index } of entries.slice(2)) {
    const path = `\\proc\\10\\${name}`
    t.equal((await it.program.lstat(path)).index, index, name)
  }
  isClean(t, it)
})

t.test('a process that is gone is not found', async t => {
  const it = await rig()
  const { model, program } = it
  const [file, folder] = [
    await program.open(environ),
    await program.open('\\proc\\10', { options: 0x21 }),
  ]
  await file.read(0, page)
  model.machine.end(10)
  t.equal(await statusOf(program.open(environ)), status.pathNotFound)
  t.equal(await statusOf(file.read(0, page)), status.nameNotFound)
  t.equal(await statusOf(folder.list()), status.nameNotFound)
  model.machine.begin({ pid: 10, start: 77n, environ: 'x' })
  t.equal(
    await statusOf(file.read(0, page)),
    status.nameNotFound,
    'nor another',
  )
  await file.close()
  await folder.close()
  isClean(t, it)
})

t.test('what is asked of the wrong thing', async t => {
  const it = await rig()
  const { model, program } = it
  const [file, folder] = [
    await program.open(environ),
    await program.open('\\proc', { options: 0x21 }),
  ]
  const ask = async (request: Uint8Array): Promise<number> =>
    (await model.submit(request)).status
  t.equal(await ask(queryDirectory(file.contexts)), Status.invalidParameter)
  t.equal(await ask(read(folder.contexts, 0, 5)), Status.invalidDeviceRequest)
  t.equal(
    await ask(queryDirectory(folder.contexts, { marker: 'a name' })),
    Status.invalidParameter,
  )
  t.equal(
    await ask(queryDirectory(folder.contexts, { length: 50 })),
    Status.invalidParameter,
    'no room for one entry',
  )
  t.match(await folder.entries('10'), { entries: [{ name: '10' }] })
  t.same(
    await folder.entries('10', 1n),
    { entries: [], isEnd: true },
    'one name is one entry',
  )
  // a request without a buffer, which the model would give it
  const bare = queryDirectory(folder.contexts)
  model.session.input.set(bare)
  t.equal(model.session.handle(bare.length), 128)
  t.equal(
    viewOf(model.session.output).getUint32(20, true),
    Status.invalidParameter,
  )
  const { response } = await model.submit(
    ofHandle('QuerySecurity', file.contexts),
  )
  t.ok(Rsp.view(viewOf(response)).BufSize > 20, 'a descriptor')
  t.match(await program.volume(), { label: 'winprocfs', total: 0, free: 0 })
  const stream = create('\\proc\\10\\comm:x')
  viewOf(stream).setUint16(72, 28, true)
  t.equal(await ask(stream), status.nameInvalid)
  await file.close()
  await folder.close()
  t.equal(await ask(ofHandle('Close', file.contexts)), 0, 'twice')
  isClean(t, it)
})

t.test('what nobody foresaw is an error, and a line of the log', async t => {
  const it = await rig()
  const { model } = it
  model.machine.pids = () => {
    throw new TypeError('surprise')
  }
  t.equal(await statusOf(it.program.list('\\proc')), status.ioError)
  t.match(model.lines, ['request: TypeError: surprise'])
  model.machine.pids = () => {
    throw new Errno('EAGAIN')
  }
  t.equal(await statusOf(it.program.list('\\proc')), 0xc000009a)
})

t.test('bytes that are too few to answer are not', async t => {
  const { model } = await rig()
  for (const length of [0, 8, 15]) t.equal(model.session.handle(length), 0)
  const bytes = new Uint8Array(88)
  viewOf(bytes).setUint16(2, 88, true)
  viewOf(bytes).setUint32(4, Kind.Create, true)
  model.session.input.set(bytes)
  t.ok(model.session.handle(88) > 0, 'a Create without a name')
})

t.test('mutated requests are answered, with what may be', async t => {
  const { done, refused, late, ...rest } = await fuzzHere(fuzzer, 4, 5000)
  t.ok(Number(done) > 500 && Number(refused) > 500, `${done}, ${refused}`)
  t.ok(Number(late) > 50, `${late} late`)
  t.ok(Number(rest['too short to answer']) > 10)
})
