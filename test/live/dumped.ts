/** Programs that only know of /proc, with a mounted crash dump bound over it. */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import t from 'tap'
import { run } from '../rig/mounted.ts'
import { missing, noFile, noLinux, noProgram, noRoot } from '../rig/need.ts'
import { serve } from '../rig/server.ts'

const needs = missing(
  noLinux,
  noRoot,
  noFile('/dev/fuse'),
  noProgram('unshare'),
  noProgram('pmap'),
  spawnSync('/usr/bin/python3', ['-c', 'import psutil']).status !== 0 &&
    'needs psutil',
)

const example = resolve(import.meta.dirname, '../../example.dmp')
const cli = resolve(import.meta.dirname, '../../src/cli.js')

/** What psutil tells of the process. */
const script = `
import json, psutil, sys
psutil.PROCFS_PATH = sys.argv[1]
process = psutil.Process(5000)
memory = process.memory_info()
print(json.dumps({
  'name': process.name(),
  'cmdline': process.cmdline(),
  'threads': process.num_threads(),
  'vms': memory.vms,
  'rss': memory.rss,
  'created': process.create_time(),
  'boot': psutil.boot_time(),
  'running': process.is_running(),
  'pids': psutil.pids(),
  'maps': [
    [each.addr, each.path, each.rss]
    for each in process.memory_maps(grouped=False)
  ],
}))
`

interface Told {
  readonly name: string
  readonly cmdline: readonly string[]
  readonly threads: number
  readonly vms: number
  readonly rss: number
  readonly created: number
  readonly boot: number
  readonly running: boolean
  readonly pids: readonly number[]
  readonly maps: readonly (readonly [string, string, number])[]
}

const here = (...args: readonly string[]): string =>
  spawnSync(process.execPath, [cli, ...args, '--dump', example], {
    encoding: 'utf8',
  }).stdout

t.test('a mounted dump is a /proc', needs, async t => {
  const { proc } = await serve(t, { host: 'fuse', provider: example })
  const within = (...command: readonly string[]) =>
    run(
      'unshare',
      '-m',
      '--propagation',
      'private',
      'sh',
      '-c',
      'mount --bind "$1" /proc && shift && exec "$@"',
      'sh',
      proc,
      ...command,
    )
  const maps = here('cat', 'self/maps')
  t.ok(maps.split('\n').length > 20)
  t.equal(within('cat', '/proc/5000/maps').stdout, maps)
  t.equal(within('cat', '/proc/self/maps').stdout, maps, 'self is the dumped')
  for (const name of ['crash', 'status', 'stat', 'cmdline', 'task/5012/comm'])
    t.equal(
      within('cat', `/proc/self/${name}`).stdout,
      here('cat', `self/${name}`),
      name,
    )
  t.match(within('readlink', '/proc/5000/cwd').stdout, 'C:/Users/me/Documents')
  t.match(within('grep', '-c', 'heap', '/proc/5000/maps').stdout, /^5\n$/)
  const pmap = within('pmap', '5000')
  t.same([pmap.status, pmap.stderr], [0, ''])
  t.match(
    pmap.stdout,
    /^5000: +C:\\Program Files\\Example\\example\.exe --verb/,
  )
  t.match(pmap.stdout, /00007ff610001000 +8K r-x-- example\.exe\n/)
  t.match(pmap.stdout, / total +3308K\n$/)
  const extended = within('pmap', '-x', '5000')
  t.same([extended.status, extended.stderr], [0, ''])
  t.match(extended.stdout, /^000000007ffe0000 +4 +4 +0 r---- /m)
  t.match(extended.stdout, /^total kB +3308 /m)

  const lines = maps.trimEnd().split('\n')
  const read = run('/usr/bin/python3', '-c', script, proc)
  t.same([read.status, read.stderr], [0, ''])
  const { maps: told, ...facts } = JSON.parse(read.stdout) as Told
  t.same(facts, {
    name: 'example.exe',
    cmdline: here('cat', 'self/cmdline').split('\0').slice(0, -1),
    threads: 2,
    vms: 3308 * 1024,
    rss: 0,
    created: 1_700_000_000,
    boot: 1_700_000_000,
    running: true,
    pids: [5000],
  })
  t.same(
    told.map(([range]) => range),
    lines.map(line => line.slice(0, line.indexOf(' '))),
  )
  t.same(
    told.filter(([, path]) => path === '[peb]'),
    [['3e00001000-3e00002000', '[peb]', 4096]],
  )
})
