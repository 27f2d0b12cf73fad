/** What a user may see of others' processes, on a mount that root made. */
import {
  execFile,
  spawn,
  spawnSync,
  type ChildProcess,
} from 'node:child_process'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { fixture } from '../rig/fixture.ts'
import { missing, noCompiler, noFile, noLinux, noRoot } from '../rig/need.ts'
import { atRest } from '../rig/rest.ts'
import { serve } from '../rig/server.ts'

const needs = missing(noLinux, noRoot, noFile('/dev/fuse'))
const needsCompiler = missing(needs.skip, noCompiler)

const nobody = { uid: 65534, gid: 65534 }

const script = (name: string): string =>
  new URL(`../rig/${name}.js`, import.meta.url).pathname

const run = promisify(execFile)

/** What nobody sees of a process at a /proc, by names. */
const looked = async (
  proc: string,
  pid: number,
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> => {
  const paths = names.map(name => `${proc}/${pid}/${name}`)
  const { stdout } = await run(
    process.execPath,
    [script('looking'), ...paths],
    {
      ...nobody,
      cwd: '/',
    },
  )
  const found = JSON.parse(stdout) as Record<string, string>
  return Object.fromEntries(
    names.map((name, index) => [name, found[paths[index] as string] as string]),
  )
}

/** What only those see who may read the process, and what all see. */
const guarded = ['maps', 'environ', 'exe', 'cwd', 'root', 'auxv', 'mem']
const shown = ['cmdline', 'comm', 'stat', 'statm']

/**
 * Fields of stat that tell addresses (proc(5)), counted from 0 behind the name:
 * startcode, endcode, startstack, kstkesp, kstkeip, start_data to env_end.
 */
const addresses = [23, 24, 25, 26, 27, 42, 43, 44, 45, 46, 47, 48]

/** What those read who may not know (fs/proc/array.c:do_task_stat). */
const hidden = ['1', '1', ...addresses.slice(2).map(() => '0')]

const addressesOf = (stat = ''): readonly string[] => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return addresses.map(index => fields[index] as string)
}

const started = async (child: ChildProcess, t: Test): Promise<number> => {
  t.teardown(() => child.kill())
  await once(child, 'spawn')
  await atRest(child.pid as number)
  return child.pid as number
}

t.test(
  'of a process of root, nobody sees what the kernel shows',
  needs,
  async t => {
    const { proc } = await serve(t, { host: 'fuse' })
    const pid = await started(spawn('sleep', ['60']), t)
    const files = ['fd', 'fdinfo', 'fd/0', 'fdinfo/0']
    const names = [
      ...guarded,
      ...files,
      ...shown,
      'task',
      `task/${pid}/maps`,
      `task/${pid}/comm`,
    ]
    const ours = await looked(proc, pid, names)
    t.same(ours, await looked('/proc', pid, names))
    for (const name of [...guarded, ...files, `task/${pid}/maps`])
      t.equal(ours[name], 'EACCES', name)
    t.equal(ours['cmdline'], 'sleep\x0060\0')
    t.same(addressesOf(ours['stat']), hidden)
  },
)

t.test('of a process of its own, all', needs, async t => {
  const { proc } = await serve(t, { host: 'fuse' })
  const child = spawn('sleep', ['60'], { ...nobody, cwd: '/', env: { A: 'b' } })
  const pid = await started(child, t)
  const files = ['fd', 'fdinfo', 'fd/0', 'fdinfo/0']
  const names = [...guarded, ...files, ...shown, `task/${pid}/maps`]
  const ours = await looked(proc, pid, names)
  t.same(ours, await looked('/proc', pid, names))
  t.match(ours, { maps: /\[stack\]\n/, environ: 'A=b\0', cwd: '/', root: '/' })
  t.not(addressesOf(ours['stat'])[0], '1')
})

/** Fields of test/fixtures/c/who.c, of processes that nobody may not read. */
const others = {
  'with another saved user id': [65534, 65534, 0, 65534, 65534, 65534, 1, 0],
  'with another group': [65534, 65534, 65534, 0, 0, 0, 1, 0],
  'that is not dumpable': [65534, 65534, 65534, 65534, 65534, 65534, 0, 0],
  'that kept capabilities': [65534, 65534, 65534, 65534, 65534, 65534, 1, 1],
}

t.test('nor of one that is only almost its own', needsCompiler, async t => {
  const { proc } = await serve(t, { host: 'fuse' })
  const who = fixture('who')
  t.teardown(() => who.remove())
  for (const [told, fields] of Object.entries(others)) {
    const child = spawn(who.path, fields.map(String), { cwd: '/' })
    t.teardown(() => child.kill())
    await once(child.stdout, 'data')
    const pid = child.pid as number
    const ours = await looked(proc, pid, [...guarded, 'comm'])
    t.same(ours, await looked('/proc', pid, [...guarded, 'comm']), told)
    t.equal(ours['maps'], 'EACCES', told)
  }
})

t.test(
  'a descriptor kept across a setuid exec shows nothing of it',
  needsCompiler,
  async t => {
    const { proc } = await serve(t, { host: 'fuse' })
    const program = fixture('privileged')
    const helper = fixture('privileged')
    t.teardown(() => [program, helper].forEach(built => built.remove()))
    for (const { path } of [program, helper]) chmodSync(dirname(path), 0o755)
    chmodSync(helper.path, 0o4755)
    const asNobody = { ...nobody, cwd: '/' }
    const [euid] = spawnSync(helper.path, {
      ...asNobody,
      encoding: 'utf8',
    }).stdout
    t.equal(euid, '0', 'the temporary directory is not mounted nosuid')

    const target = spawn(program.path, [helper.path], asNobody)
    t.teardown(() => target.kill())
    await once(target.stdout, 'data')
    const pid = target.pid as number
    const names = ['maps', 'environ', 'stat', `task/${pid}/maps`]
    const paths = [proc, '/proc'].flatMap(root =>
      names.map(name => `${root}/${pid}/${name}`),
    )
    const keeper = spawn(
      process.execPath,
      [script('keeper'), ...paths],
      asNobody,
    )
    t.teardown(() => keeper.kill())
    const lines = createInterface(keeper.stdout)
    const read = async (): Promise<readonly string[]> => {
      const line = once(lines, 'line')
      keeper.stdin.write('\n')
      return JSON.parse(String(await line)) as string[]
    }

    const before = await read()
    t.match(before[0], program.path)
    t.same(
      before.slice(0, 4),
      before.slice(4),
      'before, all is as the kernel’s',
    )

    const ready = once(target.stdout, 'data')
    target.stdin.write('\n')
    t.equal(String(await ready), '0\nready\n', 'it is root now')
    const [maps, environ, stat, threadMaps] = await read()
    t.equal(maps, 'EACCES')
    t.equal(environ, 'EACCES')
    t.equal(threadMaps, 'EACCES')
    t.match(stat, /^\d+ \(program\) /)
    t.same(addressesOf(stat), hidden)

    const again = await looked(proc, pid, guarded)
    t.same(again, await looked('/proc', pid, guarded))
    t.same(new Set(Object.values(again)), new Set(['EACCES']))
  },
)
