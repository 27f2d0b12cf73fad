/** The program itself on a live Windows: what `cat` and `ls` print. */
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { child as start } from '../rig/wine/child.ts'

const folder = mkdtempSync(join(tmpdir(), 'winprocfs '))
t.teardown(() => rmSync(folder, { recursive: true }))

/** Its output goes through files: a pipe of Wine's is none of Windows's. */
const once = (...args: readonly string[]) => {
  const paths = ['out', 'err'].map(name => join(folder, name))
  const [out, err] = paths.map(path => openSync(path, 'w'))
  const { status } = spawnSync(
    process.execPath,
    [join('dist', 'src', 'cli.js'), ...args],
    { stdio: ['ignore', out, err], timeout: 120_000 },
  )
  for (const fd of [out, err]) closeSync(fd as number)
  const [stdout, stderr] = paths.map(path => readFileSync(path, 'utf8'))
  return { status, stdout: stdout ?? '', stderr: stderr ?? '' }
}

/** Under Wine a program now and then never begins: then it is run again. */
const winprocfs = (...args: readonly string[]) => {
  for (let left = 10; ; left--) {
    const told = once(...args)
    const isMute = told.stdout + told.stderr === ''
    const isWell = told.status === 0 || !isMute
    if (isWell || left === 0) return told
  }
}

const ready = join(folder, 'ready')
const script = `setInterval(() => {}, 1000); fs.writeFileSync('ready', '')`
const child = await start(process.execPath, ['-e', script, 'a b'], 'ignore', {
  cwd: folder,
})
t.teardown(() => child.kill())
const { pid } = child
for (let left = 3000; left > 0 && !existsSync(ready); left--) await sleep(20)

const mixed = (path: string): string => path.replaceAll('\\', '/')

t.test('files of a process', t => {
  const table = [
    ['comm', 'node.exe\n'],
    ['cmdline', `${process.execPath}\0-e\0${script}\0a b\0`],
    ['exe', `${mixed(process.execPath)}\n`],
    ['cwd', `${mixed(folder)}\n`],
    ['root', `${mixed((process.env['SystemRoot'] ?? '').slice(0, 3))}\n`],
  ] as const
  for (const [name, text] of table)
    t.same(
      winprocfs('cat', `/proc/${pid}/${name}`),
      { status: 0, stdout: text, stderr: '' },
      name,
    )
  const several = winprocfs(
    'cat',
    ...['stat', 'statm', 'status', 'environ', 'maps'].map(
      name => `${pid}/${name}`,
    ),
  )
  t.equal(several.status, 0, several.stderr)
  t.match(
    several.stdout,
    new RegExp(`^${pid} \\(node\\.exe\\) [RS] ${process.pid} `),
  )
  t.match(several.stdout, /^\d+(?: \d+){6}$/m)
  t.match(several.stdout, /^Name:\tnode\.exe$/m)
  t.match(several.stdout, /\0SystemRoot=/i)
  t.match(several.stdout, / {2}\[win heap 0 default/)
  t.match(several.stdout, / {2}\[stack\]$/m)
  t.match(several.stdout, /^\S+ r-xp \S+ \S+ \d+ +[A-Z]:\/.*\/ntdll\.dll$/im)
  t.end()
})

t.test('its directory', t => {
  t.match(winprocfs('ls').stdout, new RegExp(`^${pid}$`, 'm'))
  const { status, stdout, stderr } = winprocfs('ls', '-l', `${pid}`)
  t.same([status, stderr], [0, ''])
  const links = [...stdout.matchAll(/ (\w+) -> (.*)$/gm)]
  t.same(
    links.map(([, name, target]) => [name, target]),
    [
      ['cwd', mixed(folder)],
      ['exe', mixed(process.execPath)],
      ['root', mixed((process.env['SystemRoot'] ?? '').slice(0, 3))],
    ],
  )
  t.match(
    winprocfs('ls', '-l', '--paths', 'windows', `${pid}/exe`).stdout,
    `exe -> ${process.execPath}\n`,
  )
  t.end()
})

t.test('no other number is its', t => {
  for (const more of [1, 2, 3])
    t.same(winprocfs('cat', `/proc/${pid + more}/maps`), {
      status: 1,
      stdout: '',
      stderr: `winprocfs: /proc/${pid + more}/maps: No such file or directory\n`,
    })
  t.end()
})

t.test('self is who asks', t => {
  const { stdout } = winprocfs('cat', 'self/stat', 'self/cmdline')
  t.match(stdout, new RegExp(`^\\d+ \\(node\\.exe\\) \\w ${process.pid} `))
  t.match(stdout, /\0cat\0self\/stat\0self\/cmdline\0$/)
  t.match(
    winprocfs('cat', 'uptime', 'version').stdout,
    /^[\d.]+ [\d.]+\nWindows_NT version 10\./,
  )
  t.end()
})
