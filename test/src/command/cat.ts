import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import t from 'tap'
import {
  dumpOf,
  long,
  sample,
  string,
  words,
  type Made,
} from '../../fixtures/dump.ts'

const cli = resolve(import.meta.dirname, '../../../src/cli.js')

/** What the program does with a dump: `app.dmp`, whole, and others. */
const winprocfs = (
  dump: string,
  ...args: readonly string[]
): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(
    process.execPath,
    [cli, ...args, '--provider', join(folder, dump)],
    {
      encoding: 'utf8',
      timeout: 30_000,
    },
  )

const { regions, ...rest } = sample

const folder = t.testdir({
  'app.dmp': dumpOf(sample),
  'UPPER.DMP': dumpOf(sample),
  'regionless.dmp': dumpOf(rest),
  'bare.dmp': dumpOf({ system: {}, misc: [3, 4242, 1] }),
  'cut.dmp': dumpOf({ ...rest, regions: regions ?? [] }).subarray(0, -1),
  'text.dmp': 'hello, world',
  'linux.dmp': dumpOf({ ...sample, system: { platform: 0x8201 } }),
})

const maps = `\
00020000-0002f000 ---p 00000000 00:00 0 
0002f000-00030000 rw-p 00000000 00:00 0 
00030000-00040000 rw-p 00000000 00:00 0 
00400000-00401000 r--p 00000000 00:00 0                                  C:/Program Files/a/app.exe
00401000-00402000 r-xp 00001000 00:00 0                                  C:/Program Files/a/app.exe
00402000-00403000 rw-p 00002000 00:00 0                                  C:/Program Files/a/app.exe
00500000-00502000 rw-s 00000000 00:00 0 
7ff800000000-7ff800002000 rwxp 00000000 00:00 0                          C:/Windows/System32/ntdll.dll
`

t.test('the maps of a dumped process are printed', t => {
  for (const dump of ['app.dmp', 'UPPER.DMP']) {
    const { status, stdout, stderr } = winprocfs(dump, 'cat', '/proc/4242/maps')
    t.same([status, stderr], [0, ''])
    t.equal(stdout, maps)
  }
  t.equal(winprocfs('app.dmp', 'cat', '4242/task/4244/maps').stdout, maps)
  t.equal(winprocfs('app.dmp', 'cat', '4242/comm').stdout, 'app.exe\n')
  t.end()
})

t.test('maps that is put together says so, and stays maps', t => {
  const dump = winprocfs('regionless.dmp', 'cat', '/proc/4242/maps')
  t.equal(dump.status, 0)
  t.match(
    dump.stderr,
    /^winprocfs: .*regionless\.dmp: no MemoryInfoList: maps is put together .*\n$/,
  )
  t.match(dump.stdout, /^(?:[0-9a-f]+-[0-9a-f]+ r[w-]-p 0.*\n){4}$/)
  t.end()
})

/** With `--dump` in place of `--provider`. */
const dumped = (path: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [cli, ...args, '--dump', path], {
    encoding: 'utf8',
    timeout: 30_000,
  })

t.test('the example that the build makes', t => {
  const example = resolve(import.meta.dirname, '../../../example.dmp')
  const maps = dumped(example, 'cat', '/proc/self/maps')
  t.same([maps.status, maps.stderr], [0, ''])
  for (const label of [
    '[peb]',
    '[teb:5012]',
    '[stack]',
    '[stack:5012]',
    '[win heap 0 default grow]',
    '[win heap 1]',
    '[process-parameters]',
    '[shared-user-data]',
    'C:/Program Files/Example/example.exe',
  ])
    t.ok(maps.stdout.includes(` ${label}\n`), label)
  const plain = dumped(example, 'cat', '--no-labels', '/proc/self/maps').stdout
  t.notMatch(plain, /\[/)
  t.equal(
    dumped(example, 'cat', 'self/crash').stdout.split('\n')[0],
    'Code:\tc0000005 EXCEPTION_ACCESS_VIOLATION',
  )
  t.equal(
    dumped(example, 'cat', 'self/cmdline').stdout,
    'C:\\Program Files\\Example\\example.exe\0--verbose\0a b\0',
  )
  t.equal(
    dumped(example, 'cat', 'self/environ').stdout,
    'OS=Windows_NT\0Path=C:\\Windows\\System32\0',
  )
  t.equal(
    dumped(example, 'cat', 'self/task/5012/comm').stdout,
    'background work\n',
  )
  const listed = dumped(example, 'ls', '-l', '/proc/self/').stdout
  t.match(listed, / cwd -> C:\/Users\/me\/Documents\n/)
  t.match(listed, / root -> C:\/\n/)
  t.match(listed, / crash\n/)
  t.end()
})

/** One handle of a file, and an event that has no name. */
const handles: Made = put =>
  Buffer.concat([
    words(16, 32, 2, 0),
    ...[
      [68, put(string('File')), put(string('C:\\x y'))],
      [4, put(string('Event')), 0],
    ].map(([handle = 0, type = 0, name = 0]) =>
      Buffer.concat([long(handle), words(type, name, 0, 1, 1, 1)]),
    ),
  ])

t.test('memory is streamed up to the first hole, as by cat', t => {
  const bytes = Buffer.from(
    Array.from({ length: 3 << 20 }, (_, at) => at % 253),
  )
  const folder = t.testdir({
    'low.dmp': dumpOf({ ...sample, memory64: [{ at: 0, bytes }] }),
    'high.dmp': dumpOf(sample),
  })
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, 'cat', '4242/mem', '4242/comm', '--dump', join(folder, 'low.dmp')],
    { maxBuffer: 1 << 24 },
  )
  t.equal(status, 1)
  t.ok(stdout.equals(Buffer.concat([bytes, Buffer.from('app.exe\n')])))
  t.match(String(stderr), /^winprocfs: 4242\/mem: .* recorded at 0x300000; /)
  const high = dumped(join(folder, 'high.dmp'), 'cat', 'self/mem')
  t.match(high, {
    status: 1,
    stdout: '',
    stderr: /at 0x0; MiniDumpWithFullMemory would have recorded what was there/,
  })
  t.end()
})

t.test('handles of a dump are listed, or what would have them', t => {
  const folder = t.testdir({
    'some.dmp': dumpOf({ ...sample, others: [[12, handles]] }),
    'none.dmp': dumpOf(sample),
  })
  const some = dumped(join(folder, 'some.dmp'), 'ls', '-l', 'self/fd')
  t.match(some, {
    status: 0,
    stderr: '',
    stdout:
      /^lrwx------ 1 \d+ \d+ 64 4 -> Event:\[4\]\nlr-x------ 1 \d+ \d+ 64 68 -> C:\/x y\n$/,
  })
  const one = dumped(join(folder, 'some.dmp'), 'cat', 'self/fd/4')
  t.match(one, { status: 0, stdout: 'Event:[4]\n' })
  const absent = dumped(join(folder, 'some.dmp'), 'cat', 'self/fd/8')
  t.match(absent, { status: 1, stderr: /No such file/ })
  for (const command of ['ls', 'cat'] as const)
    t.match(
      dumped(
        join(folder, 'none.dmp'),
        command,
        command === 'ls' ? 'self/fd' : 'self/fd/4',
      ),
      {
        status: 1,
        stderr:
          /no HandleData stream \(12\), which MiniDumpWithHandleData would have/,
      },
    )
  t.end()
})

t.test('a folder of dumps is listed, and has no self', t => {
  const several = t.testdir({
    'one.dmp': dumpOf(sample),
    'again.dmp': dumpOf(sample),
    'not.dmp': 'hello',
  })
  for (const option of ['--dump', '--provider']) {
    const of = (...args: readonly string[]) =>
      spawnSync(process.execPath, [cli, ...args, option, several], {
        encoding: 'utf8',
      })
    t.match(of('ls').stdout, /\n4242\n4243\n$/)
    const maps = of('cat', '4243/comm')
    t.equal(maps.stdout, 'app.exe\n')
    t.match(maps.stderr, /not\.dmp: not a minidump/)
    t.match(maps.stderr, /one\.dmp: of process 4242 as another, here 4243\n/)
    t.match(of('cat', 'self/comm').stderr, /No such file or directory/)
  }
  t.end()
})

t.test('a dump and another provider exclude each other', t => {
  const both = dumped(folder, 'ls', '--provider', 'linux')
  t.match(
    [both.status, both.stderr],
    [2, /'--dump <path>' cannot be used with option '--provider/],
  )
  const gone = dumped(join(folder, 'gone.dmp'), 'ls')
  t.match([gone.status, gone.stderr], [2, /No such file/])
  t.end()
})

t.test('its threads and its program are listed', t => {
  t.equal(winprocfs('app.dmp', 'ls', '4242/task').stdout, '4244\n4248\n')
  t.match(
    winprocfs('app.dmp', 'ls', '-l', '4242').stdout,
    /exe -> C:\/Program Files\/a\/app\.exe\n/,
  )
  t.end()
})

t.test('where a link leads is printed as maps prints paths', t => {
  const table = [
    ['mixed', 'C:/Program Files/a/app.exe'],
    ['windows', 'C:\\Program Files\\a\\app.exe'],
    ['cygwin', '/cygdrive/c/Program Files/a/app.exe'],
    ['wsl', '/mnt/c/Program Files/a/app.exe'],
  ] as const
  for (const [style, path] of table) {
    const args = ['4242/exe', '--paths', style]
    t.match(winprocfs('app.dmp', 'cat', ...args), {
      status: 0,
      stdout: `${path}\n`,
      stderr: '',
    })
    t.match(winprocfs('app.dmp', 'ls', '-l', ...args).stdout, ` -> ${path}\n`)
  }
  const folder = winprocfs('app.dmp', 'cat', '4242/exe/')
  t.same([folder.status, folder.stdout], [1, ''], 'but never followed')
  t.match(winprocfs('app.dmp', 'cat', '4242').stderr, /Is a directory\n$/)
  t.end()
})

t.test('what a dump does not have is told in one line', t => {
  const dump = (name: string): string => join(folder, name)
  const table = [
    [
      'bare.dmp',
      1,
      `/proc/4242/maps: ${dump('bare.dmp')}: no MemoryInfoList stream (16), which MiniDumpWithFullMemoryInfo would have recorded`,
    ],
    [
      'linux.dmp',
      1,
      `${dump('linux.dmp')}: a dump of Linux (PlatformId 0x8201), not of Windows`,
    ],
    ['text.dmp', 1, `${dump('text.dmp')}: not a minidump: no MDMP signature`],
  ] as const
  for (const [name, code, text] of table) {
    const { status, stdout, stderr } = winprocfs(name, 'cat', '/proc/4242/maps')
    t.same([status, stdout], [code, ''])
    t.equal(stderr.split('\n').at(-2), `winprocfs: ${text}`)
  }
  const cut = winprocfs('cut.dmp', 'cat', '/proc/4242/maps')
  t.match(cut.stderr, /^winprocfs: .*: truncated: MemoryInfoList cannot be at/)
  t.same([cut.status, cut.stdout], [1, ''])
  t.end()
})
