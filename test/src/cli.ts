import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { missing, noFile, noLinux, noProgram } from '../rig/need.ts'

const root = resolve(import.meta.dirname, '../../..')
const cli = resolve(root, 'dist/src/cli.js')
const fixture = resolve(root, 'dist/test/fixtures/provider.js')

// each row of a table is a start of node
t.setTimeout(200_000)

const winprocfs = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, ...args],
    { encoding: 'latin1', timeout: 60_000 },
  )
  return { status, stdout, stderr }
}

/** Over the machine made of literals. */
const shown = (...args: readonly string[]) =>
  winprocfs(...args, '--provider', fixture)

const good = (stdout: string) => ({ status: 0, stdout, stderr: '' })
const bad = (stderr: string, stdout = '') => ({ status: 1, stdout, stderr })

t.test('cat prints a file, however it is named', t => {
  const spellings = [
    '/proc/4242/comm',
    'proc/4242/comm',
    '4242/comm',
    'C:/Program Files/Git/proc/4242/comm',
    'P:\\proc\\4242\\comm',
  ]
  for (const path of spellings)
    t.same(shown('cat', path), good('notepad.exe\n'), path)
  t.end()
})

t.test('cat writes bytes as they are', t => {
  t.same(
    shown('cat', '1000/cmdline'),
    good('/opt/our daemon\0--name=caf\xe9\0\0'),
  )
  t.end()
})

t.test('cat prints several files, and goes on after one that fails', t => {
  t.same(
    shown('cat', '4242/comm', '/proc/99999/maps', 'version'),
    bad(
      'winprocfs: /proc/99999/maps: No such file or directory\n',
      'notepad.exe\nLinux version 6.18.0 (fixture) #1 SMP\n',
    ),
  )
  t.end()
})

t.test('cat tells what cannot be printed', t => {
  const table = [
    ['/proc/99999/maps', 'No such file or directory'],
    ['/proc/01/maps', 'No such file or directory'],
    ['nothing', 'No such file or directory'],
    ['', 'No such file or directory'],
    ['/proc', 'Is a directory'],
    ['/', 'Is a directory'],
    ['1000', 'Is a directory'],
    ['1000/', 'Is a directory'],
    ['1000/comm/', 'Not a directory'],
    ['1000/comm/x', 'Not a directory'],
    ['1000/exe/', 'Leads out of the tree, to /opt/our daemon'],
    ['1000/root/etc', 'Leads out of the tree, to /'],
    ['a\nb', 'No such file or directory'],
  ] as const
  for (const [path, text] of table)
    t.same(
      shown('cat', path),
      bad(`winprocfs: ${path.replace('\n', '\\x0a')}: ${text}\n`),
      path,
    )
  t.end()
})

t.test('cat of a link that leads elsewhere prints where', t => {
  t.same(shown('cat', '1000/exe'), good('/opt/our daemon\n'))
  t.same(shown('cat', '/proc/1000/cwd', '1000/comm').stdout.split('\n')[0], '/')
  t.same(shown('cat', '4242/exe'), good('C:/Windows/notepad.exe\n'))
  t.end()
})

const lines = (...options: readonly string[]) =>
  shown('cat', '4242/maps', ...options).stdout.split('\n')

t.test('options choose how maps print', t => {
  const kernel32 = (...options: readonly string[]) =>
    lines(...options)
      .find(line => /kernel32/.test(line))
      ?.replace(/.* /, '')
  t.equal(kernel32(), 'C:/Windows/System32/kernel32.dll')
  t.equal(kernel32('--paths', 'windows'), 'C:\\Windows\\System32\\kernel32.dll')
  t.equal(kernel32('--paths=wsl'), '/mnt/c/Windows/System32/kernel32.dll')
  t.match(lines()[0], /^00010000-00020000 rw-s /)
  t.match(
    lines('--dialect', 'cygwin')[0],
    /^00010000-00020000 rw-s .{8} 0000:0000 0 /,
  )
  t.notMatch(lines('--no-labels').join(), /\[stack/)
  t.match(lines().join(), /\[stack:4300\]/)
  t.match(lines('--labels').join(), /\[stack:4300\]/)
  t.match(
    lines('--labels', '--dialect=cygwin').join(),
    /\[stack \(tid 4300\)\]/,
  )
  t.end()
})

t.test('ls lists a directory', t => {
  const names = (path?: string) =>
    shown('ls', ...(path === undefined ? [] : [path])).stdout.split('\n')
  t.same(names(), names('/proc'))
  t.match(names().slice(-5), ['2', '1000', '4242', '5000', ''])
  t.ok(names().includes('self'))
  t.same(names('/'), ['proc', ''])
  t.same(names('4242/task'), ['4300', '4304', ''])
  t.same(names('4242/task/'), ['4300', '4304', ''])
  t.ok(names('P:\\proc\\4242').includes('maps'))
  t.same(shown('ls', '4242/maps'), good('4242/maps\n'))
  t.end()
})

t.test('ls -l has columns, aligned', t => {
  const { status, stdout, stderr } = shown('ls', '-l', '1000')
  t.equal(status, 0, stderr)
  const lines = stdout.split('\n')
  t.ok(lines.includes('-r--r--r-- 1 1000 1000 0 maps'), stdout)
  t.ok(lines.includes('-r-------- 1 1000 1000 0 environ'))
  t.ok(lines.includes('dr-xr-xr-x 4 1000 1000 0 task'))
  t.ok(lines.includes('lrwxrwxrwx 1 1000 1000 0 exe -> /opt/our daemon'))
  t.same(
    shown('ls', '--long', '4242/comm'),
    good('-rw-r--r-- 1 197609 197121 0 4242/comm\n'),
  )
  const all = shown('ls', '-l').stdout.split('\n')
  t.ok(
    all.some(line => /^dr-xr-xr-x 3 {6}0 {6}0 0 2$/.test(line)),
    all.join('\n'),
  )
  t.ok(all.some(line => /^dr-xr-xr-x 3 197609 197121 0 4242$/.test(line)))
  t.end()
})

t.test('ls -l tells of a link that leads nowhere', t => {
  const { status, stderr, stdout } = shown('ls', '-l', '2')
  t.equal(status, 1)
  t.match(
    stderr,
    'winprocfs: cannot read symbolic link exe: No such file or directory\n',
  )
  t.match(stdout, /^l\S+ .* exe$/m)
  t.end()
})

t.test('ls tells what is not there', t => {
  t.same(
    shown('ls', '/proc/99999'),
    bad('winprocfs: /proc/99999: No such file or directory\n'),
  )
  t.same(
    shown('ls', '1000/comm/'),
    bad('winprocfs: 1000/comm/: Not a directory\n'),
  )
  t.end()
})

t.test('wrong usage is told in one line, with exit code 2', t => {
  const table: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /^no command given; 'winprocfs --help' lists them$/],
    [['frob'], /^unknown command 'frob'/],
    [['cta'], /^unknown command 'cta' \(Did you mean cat\?\)$/],
    [['--frob'], /^unknown option '--frob'/],
    [['cat'], /^missing required argument 'path'$/],
    [
      ['cat', '--dialct', 'x', '1'],
      /^unknown option '--dialct' \(Did you mean --dialect\?\)$/,
    ],
    [
      ['cat', '1', '--dialect', 'x'],
      /'--dialect <name>' argument 'x' is invalid\. Allowed choices are linux, cygwin\.$/,
    ],
    [
      ['cat', '1', '--paths', 'x'],
      /'--paths <style>' argument 'x' is invalid\. Allowed choices are mixed, windows, cygwin, msys, wsl\.$/,
    ],
    [
      ['cat', '1', '--provider', 'x'],
      /'--provider <name>' argument 'x' is invalid\. Allowed choices are linux, windows, or the path of a dump, of a folder of dumps, or of a module\.$/,
    ],
    [
      ['cat', '1', '--provider', './no/such.js'],
      /'\.\/no\/such\.js' is invalid\. No such file\.$/,
    ],
    [['cat', '1', '--paths'], /^option '--paths <style>' argument missing$/],
    [['mount'], /^missing required argument 'point'$/],
    [['unmount'], /^missing required argument 'point'$/],
    [
      ['mount', 'x', '--host', 'y'],
      /'--host <name>' argument 'y' is invalid\. Allowed choices are fuse, fuse-native, winfsp\.$/,
    ],
    [
      ['mount', 'x', '--deadline', 'soon'],
      /'--deadline <seconds>' argument 'soon' is invalid\. It must be a number from 0\.1 to 3600\.$/,
    ],
    [
      ['mount', 'x', '--deadline', '0'],
      /'0' is invalid\. It must be a number from 0\.1 to 3600\.$/,
    ],
    [
      ['mount', 'x', '--walkers', '0'],
      /'--walkers <n>' argument '0' is invalid\. It must be a whole number from 1 to 64\.$/,
    ],
    [
      ['mount', 'x', '--walkers', '1.5'],
      /It must be a whole number from 1 to 64\.$/,
    ],
    [
      ['mount', 'x', '--cache=-1'],
      /'--cache <seconds>' argument '-1' is invalid\. It must be a number from 0 to 86400\.$/,
    ],
    [
      ['mount', 'x', '--cache'],
      /^option '--cache <seconds>' argument missing$/,
    ],
    [
      ['install', '--boot', 'proc'],
      /'--boot \[letter\]' argument 'proc' is invalid\. It must be a drive letter, such as P:\.$/,
    ],
    [
      ['ls', '1', '2'],
      /^too many arguments for 'ls'\. Expected 1 argument but got 2\.$/,
    ],
  ]
  for (const [args, text] of table) {
    const { status, stdout, stderr } = winprocfs(...args)
    t.equal(status, 2, args.join(' '))
    t.equal(stdout, '')
    t.match(stderr, /^winprocfs: .*\n$/)
    t.match(stderr.slice('winprocfs: '.length, -1), text)
  }
  t.end()
})

t.test('a module that is no provider is told in one line', t => {
  const readme = resolve(root, 'package.json')
  const { status, stderr } = winprocfs('ls', '--provider', readme)
  t.equal(status, 1)
  t.match(stderr, /^winprocfs: .*package\.json: cannot be loaded: .*\n$/)
  const module = resolve(root, 'dist/provider/errno.js')
  t.same(
    winprocfs('cat', '1/maps', '--provider', module),
    bad(`winprocfs: ${module}: exports no open(), as a provider does\n`),
  )
  t.end()
})

t.test('--version has the version and the notice', t => {
  const { version } = JSON.parse(
    readFileSync(resolve(root, 'package.json'), 'utf8'),
  ) as { version: string }
  t.same(
    winprocfs('--version'),
    good(
      [
        `winprocfs ${version}`,
        'WinFsp - Windows File System Proxy, Copyright (C) Bill Zissimopoulos',
        'https://github.com/winfsp/winfsp',
        '',
      ].join('\n'),
    ),
  )
  t.end()
})

t.test('every command has help, with examples', t => {
  const help = winprocfs('--help')
  t.match(help, { status: 0, stderr: '' })
  const commands = [...help.stdout.matchAll(/^ {2}([a-z]+) /gm)].flatMap(
    ([, name]) => (name === 'winprocfs' ? [] : [name as string]),
  )
  t.equal(
    commands.join(' '),
    'mount unmount cat ls dump doctor install uninstall',
  )
  for (const command of ['', ...commands]) {
    const { status, stdout } = winprocfs(...command.split(' '), '--help')
    t.equal(status, 0, command)
    t.match(stdout, /Usage: winprocfs/)
    t.match(stdout, /\n\nExamples:\n {2}winprocfs /)
  }
  t.end()
})

t.test(
  'elsewhere than on Windows nothing is installed',
  missing(noLinux),
  t => {
    for (const command of ['install', 'uninstall'])
      t.same(
        winprocfs(command, '--yes'),
        bad(`winprocfs: ${command}: this is for Windows alone\n`),
      )
    t.end()
  },
)

t.test('doctor tells what there is, in columns or as JSON', t => {
  const text = winprocfs('doctor')
  t.match(text.stdout, /^ok {8}node {2,}\d+\.\d+\.\d+\n/)
  const json = winprocfs('doctor', '--json')
  const rows = JSON.parse(json.stdout) as Record<string, unknown>[]
  t.equal(json.status, text.status)
  t.equal(json.status, rows.some(({ ok }) => ok === false) ? 1 : 0)
  for (const { name, detail } of rows) {
    t.match(text.stdout, `${String(name)} `)
    t.match(text.stdout, `  ${String(detail)}\n`)
  }
  t.end()
})

t.test(
  'a reader that went away is a broken pipe',
  missing(noProgram('sh')),
  t => {
    const script = `{ "$0" "$@"; echo "exit code $?" >&2; } | head -c 1`
    const paths = Array.from({ length: 2000 }, () => '4242/maps')
    const args = ['-c', script, process.execPath, cli, 'cat', ...paths]
    const { stdout, stderr } = spawnSync(
      'sh',
      [...args, '--provider', fixture],
      {
        encoding: 'utf8',
      },
    )
    t.equal(stdout, '0')
    t.equal(stderr, 'winprocfs: write error: Broken pipe\nexit code 1\n')
    t.end()
  },
)

t.test('a full device is a write error', missing(noFile('/dev/full')), t => {
  const script = `exec "$0" "$@" >/dev/full`
  const args = ['-c', script, process.execPath, cli, '--version']
  const { status, stderr } = spawnSync('sh', args, { encoding: 'utf8' })
  t.equal(status, 1)
  t.match(stderr, /^winprocfs: write error: no space left on device\n$/)
  t.end()
})

t.test(
  'without options it is this machine that is shown',
  missing(noFile('/proc/self/maps')),
  t => {
    const { status, stdout, stderr } = winprocfs(
      'cat',
      '/proc/self/comm',
      `${process.pid}/cmdline`,
    )
    t.equal(stderr, '')
    t.equal(status, 0)
    t.equal(stdout, `node\n${readFileSync('/proc/self/cmdline', 'latin1')}`)
    t.ok(existsSync(`/proc/${process.pid}`))
    t.end()
  },
)
