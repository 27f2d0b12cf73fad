/**
 * Maps of a suspended process of Windows, under Wine, equal those of a dump of
 * it, there and here.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { programs } from '../rig/mingw.ts'
import { missing, noLinux, noMingw, noProgram, noWine } from '../rig/need.ts'
import { startWine, windowsPath } from '../rig/wine.ts'

const needs = {
  ...missing(noLinux, noWine, noMingw, noProgram('obj2yaml')),
  // the first run on a machine has to get all into place
  timeout: 500_000,
}

const cli = resolve(import.meta.dirname, '../../src/cli.js')

t.test('a dump of a process of Windows', needs, async t => {
  const { path, remove } = programs('made', 'suspend')
  t.teardown(remove)
  const wine = await startWine(t)
  const still = await wine.target(path.made, windowsPath(t.testdir({})))
  const pid = `${still.pid}`
  t.match(await wine.run(path.suspend, ['suspend', pid]), { code: 0 })
  const there = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await wine.node('dist/src/cli.js', args)
    if (code !== 0) throw new Error(stderr)
    return stdout
  }
  const here = (...args: readonly string[]): string =>
    spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' }).stdout

  const live = await there('cat', `${pid}/maps`)
  t.match(live, /\[win heap 0 default/)
  t.match(live, /\[stack\]/)
  t.match(live, /\[peb\]/)
  for (const amount of ['none', 'heaps'] as const) {
    const file = join(wine.folder, `${amount}.dmp`)
    const options = ['--memory', amount]
    const told = await there('dump', ...options, pid, windowsPath(file))
    t.match(told, /The process was not suspended/)
    t.equal(here('cat', '--dump', file, 'self/maps'), live, `${amount}: here`)
    t.equal(
      here('cat', '--dump', file, '--no-labels', 'self/maps'),
      await there('cat', '--no-labels', `${pid}/maps`),
      `${amount}: without labels`,
    )
    const { status, stderr } = spawnSync('obj2yaml', [file], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    t.same([status, stderr], [0, ''], `${amount}: read by obj2yaml`)
  }
  const heaps = join(wine.folder, 'heaps.dmp')
  t.equal(
    await there('cat', '--dump', windowsPath(heaps), 'self/maps'),
    live,
    'there',
  )
  t.equal(
    here('cat', '--dump', heaps, 'self/cmdline'),
    await there('cat', `${pid}/cmdline`),
  )
  const bytes = readFileSync(heaps)
  const directory = bytes.subarray(32, 32 + 12 * bytes.readUInt32LE(8))
  const own = Buffer.of(2, 0, 0x50, 0x57)
  t.ok(directory.indexOf(own) > 0)
  directory.fill(0, directory.indexOf(own), directory.indexOf(own) + 4)
  const bare = join(wine.folder, 'bare.dmp')
  writeFileSync(bare, bytes)
  t.equal(
    here('cat', '--dump', bare, 'self/maps'),
    live,
    'what it recorded of labels left out, its memory tells them',
  )
  t.match(await wine.run(path.suspend, ['resume', pid]), { code: 0 })
})
