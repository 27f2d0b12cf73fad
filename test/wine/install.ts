/**
 * What `install` writes, on a Windows: this prefix's registry and its tasks,
 * told by reg.exe and by the files of tasks.
 */
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { doctor, type Row } from '../../install/doctor.ts'
import { install, uninstall } from '../../install/install.ts'
import { keys } from '../../install/windows/names.ts'
import { thisWindows } from '../../install/windows/system.ts'

const folder = mkdtempSync(join(tmpdir(), 'winprocfs '))
t.teardown(() => rmSync(folder, { recursive: true }))

/** What the next program is told on its stdin. */
let answer = ''

/** All goes through files: a pipe of Wine's is none of Windows's. */
const once = (program: string, ...args: readonly string[]) => {
  const input = join(folder, 'in')
  writeFileSync(input, answer)
  const told = openSync(input, 'r')
  const paths = ['out', 'err'].map(name => join(folder, name))
  const [out, err] = paths.map(path => openSync(path, 'w'))
  const { status } = spawnSync(program, args, {
    stdio: [told, out, err],
    timeout: 120_000,
  })
  for (const fd of [told, out, err]) closeSync(fd as number)
  const [stdout = '', stderr = ''] = paths.map(path =>
    readFileSync(path, 'utf8').replaceAll('\r\n', '\n'),
  )
  return { status, stdout, stderr }
}

/** Under Wine a program now and then never begins: then it is run again. */
const run = (program: string, ...args: readonly string[]) => {
  for (let left = 5; ; left--) {
    const told = once(program, ...args)
    const isMute = told.stdout + told.stderr === ''
    if (told.status === 0 || !isMute || left === 0) return told
  }
}

const thisRoot = process.env['SystemRoot'] ?? ''

const cli = join('dist', 'src', 'cli.js')
const winprocfs = (...args: readonly string[]) =>
  run(process.execPath, cli, ...args)

/** Values of a key in the 32-bit view, by name: its type and text. */
const query = (key: string): Record<string, string> | undefined => {
  const { status, stdout } = run('reg.exe', 'query', `HKLM\\${key}`, '/reg:32')
  if (status !== 0) return undefined
  const rows = [...stdout.matchAll(/^ {4}(\S+) {4}(REG_\w+) {4}(.*)$/gm)]
  return Object.fromEntries(
    rows.map(([, name, type, text]) => [name, `${type} ${text}`]),
  )
}

const put = (key: string, name: string, value: string): void => {
  const args = ['add', `HKLM\\${key}`, '/v', name, '/d', value, '/f', '/reg:32']
  t.equal(run('reg.exe', ...args).status, 0)
}

/** By what the machine itself says, and the doctor's rows about it. */
const rowOf = (name: string): Row | undefined =>
  doctor({ stale: () => [], loadFuseNative: () => {} }).find(
    row => row.name === name,
  )

const service = 'SOFTWARE\\WinFsp\\Services\\winprocfs'
const record = 'SOFTWARE\\winprocfs'

t.test('values of the registry', t => {
  const key = `${record}\\A Test`
  t.equal(thisWindows.value(key, 'x'), undefined)
  const text = 'C:\\Jörg – 日本 🙂\\"%1" \\\\winprocfs\\proc'
  thisWindows.set(key, { text, number: 0xffff_fffe, empty: '' })
  t.equal(thisWindows.value(key, 'text'), text)
  t.equal(thisWindows.value(key, 'number'), 0xffff_fffe)
  t.equal(thisWindows.value(key, 'empty'), '')
  t.equal(query(key)?.['number'], 'REG_DWORD 0xfffffffe')
  t.equal(
    run('reg.exe', 'query', `HKLM\\${key}`, '/reg:64').status,
    1,
    'it lies in the 32-bit view alone',
  )
  put(key, 'long', 'x'.repeat(5000))
  t.throws(() => thisWindows.value(key, 'long'), {
    message: `the registry does not give long of ${key}: error 234 of Windows`,
  })
  thisWindows.set(`${key}\\below`, { x: 1 })
  thisWindows.remove(key)
  t.equal(query(key), undefined)
  thisWindows.remove(key)
  thisWindows.remove('SOFTWARE\\no such\\key')
  thisWindows.remove(record)
  t.equal(query(record), undefined)
  t.end()
})

t.test('who this is, and the version of a file', t => {
  t.equal(thisWindows.isElevated(), true)
  t.match(thisWindows.user(), /^S-1-5-21-\d+-\d+-\d+-\d+$/)
  const dll = join(thisRoot, 'system32', 'kernel32.dll')
  const bytes = readFileSync(dll)
  const at = bytes.indexOf(Buffer.from('bd04effe', 'hex'))
  t.ok(at > 0)
  t.same(thisWindows.fileVersion(dll), [
    bytes.readUInt16LE(at + 10),
    bytes.readUInt16LE(at + 8),
  ])
  t.equal(thisWindows.fileVersion(`${dll}.not`), undefined)
  t.equal(thisWindows.fileVersion('package.json'), undefined)
  t.same(thisWindows.products('{00000000-0000-0000-0000-000000000001}'), [])
  t.end()
})

t.test('without WinFsp', t => {
  t.same(rowOf('WinFsp'), {
    name: 'WinFsp',
    ok: false,
    detail: 'not installed',
    remedy: 'winget install WinFsp.WinFsp',
  })
  t.same(winprocfs('install', '--yes'), {
    status: 1,
    stdout: 'install WinFsp by winget …\n',
    stderr:
      'winprocfs: install: there is no winget here: get the installer from https://winfsp.dev/rel/ and name it with --msi\n',
  })
  const msi = join(process.cwd(), 'no.msi')
  t.same(winprocfs('install', '--yes', '--msi', 'no.msi'), {
    status: 1,
    stdout: '',
    stderr: `winprocfs: install: ${msi} is no .msi file that is there\n`,
  })
  t.equal(query(service), undefined, 'nothing was written')
  t.same(winprocfs('uninstall', '--yes'), {
    status: 0,
    stdout: 'There is nothing to be done.\n',
    stderr: '',
  })
  t.end()
})

t.test('an installer that msiexec refuses', t => {
  const msi = join(folder, 'junk.msi')
  writeFileSync(msi, 'junk')
  const { status, stdout, stderr } = winprocfs('install', '--yes', '--msi', msi)
  t.equal(status, 1)
  t.equal(stdout, `install WinFsp from ${msi} …\n`)
  t.match(
    stderr,
    /^winprocfs: install: msiexec ended with exit code [1-9]\d*\n$/,
  )
  t.equal(query(service), undefined)
  t.end()
})

t.test('the service, there and back', t => {
  put('SOFTWARE\\WinFsp', 'InstallDir', 'C:\\WinFsp\\')
  for (const no of ['', '\r\n', 'n\r\ny\r\n', 'yesterday\r\n']) {
    answer = no
    const asked = winprocfs('install')
    t.equal(asked.status, 1)
    t.match(asked.stdout, /^This will\n {2}- have "net use P: /)
    t.match(asked.stdout, /\nGo on\? \[y\/N\] $/)
    t.match(asked.stderr, /^winprocfs: install: nothing was done; --yes /)
  }
  t.equal(query(service), undefined)

  answer = 'y\r\n'
  t.match(winprocfs('install'), {
    status: 0,
    stdout: /\nGo on\? \[y\/N\] have "net use .*\nDone\.\n$/,
    stderr: '',
  })
  const script = realpathSync(cli)
  const whole = {
    Executable: `REG_SZ ${realpathSync(process.execPath)}`,
    CommandLine: `REG_SZ "${script}" mount --unc %1 %2`,
    Security: `REG_SZ D:P(A;;RPWPLC;;;${thisWindows.user()})`,
    RunAs: 'REG_SZ .',
    JobControl: 'REG_DWORD 0x1',
  }
  t.same(query(service), whole)

  // what an older one, or somebody, left there is not kept
  put(service, 'Recovery', '1')
  put(service, 'Executable', 'C:\\elsewhere.exe')
  for (const time of ['second', 'third']) {
    t.match(winprocfs('install', '--yes'), { status: 0, stderr: '' })
    t.same(query(service), whole, `the ${time} time`)
  }
  t.same(rowOf('net use'), {
    name: 'net use',
    ok: true,
    detail: `\\\\winprocfs starts ${script}`,
  })
  t.equal(query(record), undefined, 'there is nothing else to be undone')

  t.match(winprocfs('uninstall', '--yes'), { status: 0, stderr: '' })
  t.equal(query(service), undefined)
  t.match(winprocfs('uninstall', '--yes'), {
    status: 0,
    stdout: 'There is nothing to be done.\n',
    stderr: '',
  })
  t.same(query('SOFTWARE\\WinFsp'), { InstallDir: 'REG_SZ C:\\WinFsp\\' })
  t.equal(rowOf('net use')?.ok, 'optional')
  t.end()
})

t.test('at boot only what nobody else can replace', t => {
  const { status, stderr } = winprocfs('install', '--yes', '--boot')
  t.equal(status, 1)
  t.match(stderr, /^winprocfs: install: --boot runs as LocalSystem, and .*\n$/)
  t.equal(query(service), undefined)
  t.end()
})

t.test('the task, there and back', t => {
  // Wine's schtasks answers no question, but keeps tasks where Windows does
  const file = join(thisRoot, 'system32', 'Tasks', 'winprocfs')
  const there = (): boolean => existsSync(file)
  t.equal(there(), false)
  const program = {
    node: 'C:\\Program Files\\nodejs\\node.exe',
    cli: 'C:\\Program Files\\a & b\\cli.js',
  }
  install(program, { boot: 'P:' }).run(() => {})
  t.equal(there(), true)
  // as Wine understood the document, of which it keeps not all
  const kept = readFileSync(file, 'utf8')
  t.match(kept, '<Description>Mounts P: (winprocfs)</Description>')
  t.match(kept, '<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>')
  t.same(query(record), { Task: 'REG_SZ winprocfs' })
  t.match(query(service), { Security: 'REG_SZ D:P(A;;RPWPLC;;;WD)' })
  t.match(rowOf('at boot'), { ok: true })
  t.match(rowOf('net use'), { ok: false, detail: /which is not there$/ })
  uninstall(false).run(() => {})
  t.equal(there(), false)
  t.equal(query(record), undefined)
  t.equal(query(service), undefined)
  t.end()
})

t.test('a product code that is not installed is left alone', t => {
  put(record, 'WinFsp', '{00000000-0000-0000-0000-000000000001}')
  uninstall(false).run(() => {})
  t.equal(query(record), undefined)
  t.ok(query(keys.winfsp))
  t.end()
})

t.test('what the registry refuses is told', t => {
  t.throws(() => thisWindows.set(`SOFTWARE\\${'b'.repeat(300)}`, {}), {
    message: /^the registry does not make SOFTWARE\\b+: error \d+ of Windows$/,
  })
  t.end()
})
