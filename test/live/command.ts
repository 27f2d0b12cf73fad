import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { newPlace, run } from '../rig/mounted.ts'
import { missing, noFile, noLinux, noRoot } from '../rig/need.ts'

const root = resolve(import.meta.dirname, '../../..')
const cli = resolve(root, 'dist/src/cli.js')
const fixture = resolve(root, 'dist/test/fixtures/provider.js')

// each row of a table is a start of node
t.setTimeout(500_000)

const needs = missing(noLinux, noRoot, noFile('/dev/fuse'))

const winprocfs = (...args: readonly string[]) =>
  run(process.execPath, cli, ...args)

const isMounted = (point: string): boolean =>
  readFileSync('/proc/self/mounts', 'utf8').includes(` ${point} fuse`)

const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}`)

const until = async (true_: () => boolean): Promise<void> => {
  for (let tries = 0; !true_() && tries < 2400; tries++)
    await new Promise(later => setTimeout(later, 25))
}

interface Foreground {
  readonly process: ChildProcess
  /** What it said when it was up. */
  readonly said: string
  /** Exit code, and what it wrote to stderr. */
  readonly ended: Promise<readonly [number | null, string]>
}

const foreground = async (...args: readonly string[]): Promise<Foreground> => {
  const child = spawn(process.execPath, [cli, 'mount', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', text => (errors += text))
  const ended = once(child, 'close').then(
    ([code]) => [code as number | null, errors] as const,
  )
  const up = once(child.stdout.setEncoding('utf8'), 'data')
  const said = await Promise.race([up, ended])
  return { process: child, said: String(said[0]), ended }
}

t.test('mount says what to try, and that works', needs, async t => {
  const place = newPlace()
  t.teardown(place.remove)
  const point = place.point('mnt')
  const { process: server, said, ended } = await foreground(point)
  t.match(said, `Mounted at ${point}.`)
  const [tried = ''] = said.match(/(?<=cat ).*/) ?? []
  t.match(run('cat', tried).stdout, /^[0-9a-f]+-[0-9a-f]+ r.* .*\bnode$/m)
  server.kill('SIGINT')
  t.same(await ended, [0, ''])
  t.notOk(isMounted(point))
})

t.test('--mkdir makes the mount point and removes it', needs, async t => {
  const place = newPlace()
  t.teardown(place.remove)
  const point = join(place.folder, 'deep', 'mnt')
  const { process: server, ended } = await foreground('--mkdir', point)
  t.ok(isMounted(point))
  server.kill('SIGTERM')
  t.same(await ended, [0, ''])
  t.notOk(existsSync(point))
})

t.test('options reach the text that is mounted', needs, async t => {
  const place = newPlace()
  t.teardown(place.remove)
  const point = place.point('mnt')
  const options = [
    ['--provider', fixture],
    ['--labels', '--dialect=cygwin', '--paths=msys'],
    ['--deadline=5', '--walkers=1', '--cache=1'],
  ].flat()
  const { process: server, ended } = await foreground(point, ...options)
  const maps = run('cat', `${point}/proc/4242/maps`).stdout
  t.equal(maps, winprocfs('cat', '4242/maps', ...options.slice(0, 5)).stdout)
  t.match(maps, '[stack (tid 4300)]')
  t.match(maps, '/c/Windows/System32/kernel32.dll')
  server.kill('SIGINT')
  t.same(await ended, [0, ''])
})

t.test('cat and ls take a path in a mount for its place', needs, async t => {
  const place = newPlace()
  t.teardown(place.remove)
  const point = place.point('mnt')
  const { process: server, ended } = await foreground(point)
  const path = `${point}/proc/${server.pid}/comm`
  t.equal(winprocfs('cat', path).stdout, run('cat', path).stdout)
  server.kill('SIGINT')
  await ended
})

t.test('an unmount from outside ends it', needs, async t => {
  const place = newPlace()
  t.teardown(place.remove)
  const point = place.point('mnt')
  const { ended } = await foreground(point)
  t.equal(winprocfs('unmount', point).status, 0)
  t.same(await ended, [0, `winprocfs: ${point}: unmounted from outside\n`])
})

t.test('--daemon returns once it is mounted', needs, async t => {
  const place = newPlace()
  t.teardown(place.remove)
  const point = place.point('mnt')
  const { status, stdout, stderr } = winprocfs('mount', '--daemon', point)
  t.equal(stderr, '')
  t.equal(status, 0)
  const [, pid = ''] = /(\d+)\/maps/.exec(stdout) ?? []
  t.match(run('cat', `${point}/proc/${pid}/maps`).stdout, /\bnode$/m)
  t.equal(run('readlink', `/proc/${pid}/cwd`).stdout, '/\n')
  t.match(stdout, `winprocfs unmount ${point} ends it.`)
  t.match(winprocfs('unmount', point), { status: 0, stdout: '', stderr: '' })
  await until(() => !isRunning(Number(pid)))
  t.notOk(isRunning(Number(pid)))
  t.notOk(isMounted(point))
})

t.test(
  'what a killed server left is mounted over, or unmounted',
  needs,
  async t => {
    const place = newPlace()
    t.teardown(place.remove)
    const point = place.point('mnt')
    for (let round = 0; round < 2; round++) {
      const { process: server, ended } = await foreground(point)
      t.match(run('ls', `${point}/proc`).stdout, /^self$/m)
      server.kill('SIGKILL')
      await ended
      t.ok(isMounted(point))
    }
    t.match(winprocfs('unmount', point), { status: 0, stderr: '' })
    t.notOk(isMounted(point))
  },
)

t.test('a mount point that will not do is told in one line', needs, async t => {
  const place = newPlace()
  t.teardown(place.remove)
  const full = place.point('full')
  mkdirSync(join(full, 'x'))
  const file = join(place.folder, 'file')
  writeFileSync(file, '')
  const link = join(place.folder, 'link')
  symlinkSync('/proc', link)
  const none = join(place.folder, 'none')
  const taken = place.point('taken')
  const { process: server, ended } = await foreground(taken)
  const table = [
    [none, /^No such file or directory: create it/],
    [file, /^Not a directory: choose/],
    [full, /^not empty: choose/],
    [taken, /^a winprocfs is mounted there already: unmount it/],
    [`${taken}/proc`, /^lies inside the winprocfs at /],
    ['/proc', /kernel/],
    ['/proc/self', /kernel/],
    [link, /kernel/],
    ['/', /kernel/],
  ] as const
  for (const daemon of [[], ['--daemon']])
    for (const [point, reason] of table) {
      const { status, stdout, stderr } = winprocfs('mount', point, ...daemon)
      t.equal(status, 1, point)
      t.equal(stdout, '')
      t.match(stderr, new RegExp(`^winprocfs: ${point}: .*\n$`))
      t.match(stderr.slice(`winprocfs: ${point}: `.length, -1), reason)
    }
  t.equal(run('ls', `${taken}/proc/self`).status, 0)
  server.kill('SIGINT')
  await ended
})

t.test('unmount tells what is not mounted', needs, t => {
  const place = newPlace()
  t.teardown(place.remove)
  const point = place.point('mnt')
  const none = join(place.folder, 'none')
  const table = [
    [point, 'no winprocfs is mounted there'],
    [none, 'No such file or directory'],
    ['/proc', 'no winprocfs is mounted there'],
  ] as const
  for (const [path, text] of table)
    t.same(winprocfs('unmount', path), {
      status: 1,
      stdout: '',
      stderr: `winprocfs: ${path}: ${text}\n`,
    })
  rmdirSync(point)
  t.end()
})
