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
)

const example = resolve(import.meta.dirname, '../../example.dmp')
const cli = resolve(import.meta.dirname, '../../src/cli.js')

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
})
