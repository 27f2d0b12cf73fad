import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import type { System } from '../../../provider/contract.ts'
import { open } from '../../../provider/linux/index.ts'
import { missing, noLinux } from '../../rig/need.ts'
import { recorded } from '../../rig/recorded.ts'

const system = (files: Readonly<Record<string, string>>): System =>
  open({ spans: false, root: t.testdir(files) })

t.test('pids are the names that are canonical numbers, ascending', async t => {
  const root = t.testdir({})
  for (const name of ['10', '9', '100', '01', 'self', '0', 'x1', '-1'])
    mkdirSync(`${root}/${name}`)
  t.strictSame(open({ spans: false, root }).pids(), [9, 10, 100])
})

t.test('a leader is Tgid, and no thread has none', async t => {
  const root = t.testdir({
    '7': recorded({ pid: 7 }),
    '8': { status: recorded({ pid: 7 })['status'] as string },
    '9': { status: 'Name:\tx\n' },
    '10': { status: 'Name:\tx\nTgid:\t0\n' },
    '11': {},
  })
  const system = open({ spans: false, root })
  t.equal(system.leader(7), 7)
  t.equal(system.leader(8), 7)
  for (const tid of [0, -1, 1.5, 11, 12]) t.equal(system.leader(tid), undefined)
  for (const tid of [9, 10]) t.throws(() => system.leader(tid), { code: 'EIO' })
  writeFileSync(`${root}/file`, '')
  t.throws(() => open({ spans: false, root: `${root}/file` }).leader(7), {
    code: 'ENOTDIR',
  })
})

t.test('uptime is two numbers of seconds', async t => {
  const { uptime } = system({ uptime: '2489.36 4580.81\n' })
  t.type(uptime, 'function')
  t.strictSame(system({ uptime: '2489.36 4580.81\n' }).uptime?.(), {
    up: 2489.36,
    idle: 4580.81,
  })
  for (const text of ['', '1\n', '1.0 2.0', '1.0 x\n', '-1.0 2.0\n'])
    t.throws(() => system({ uptime: text }).uptime?.(), { code: 'EIO' })
})

t.test('version is one line without its end', async t => {
  t.equal(system({ version: 'Linux 6\n' }).version?.(), 'Linux 6')
  t.throws(() => system({ version: 'Linux' }).version?.(), { code: 'EIO' })
})

t.test('filesystems are names, with a device or without', async t => {
  const text = 'nodev\tproc\n\text4\nnodev\tfuse.a b\n'
  t.strictSame(system({ filesystems: text }).filesystems?.(), [
    { name: 'proc', nodev: true },
    { name: 'ext4', nodev: false },
    { name: 'fuse.a b', nodev: true },
  ])
  for (const wrong of ['nodev proc\n', '\n', '\t\n', '\text4'])
    t.throws(() => system({ filesystems: wrong }).filesystems?.(), {
      code: 'EIO',
    })
})

t.test(
  'where /proc is not, everything is ENOENT, and no process is',
  async t => {
    const system = open({ spans: false, root: '/nonexistent/proc' })
    for (const fact of [
      'pids',
      'stat',
      'uptime',
      'version',
      'filesystems',
    ] as const)
      t.throws(() => system[fact]?.(), { name: 'ENOENT', code: 'ENOENT' })
    t.throws(() => system.process(1), { code: 'ESRCH' })
    t.equal(system.leader(1), undefined)
  },
)

t.test('a live system agrees with the kernel', missing(noLinux), async t => {
  const system = open({ spans: false })
  t.ok(system.pids().includes(process.pid))
  t.equal(system.leader(process.pid), process.pid)
  const own = system.process(process.pid)
  t.teardown(() => own.close())
  for (const tid of own.tids()) t.equal(system.leader(tid), process.pid)
  t.equal(`${system.version?.()}\n`, readFileSync('/proc/version', 'utf8'))
  const lines = [...(system.filesystems?.() ?? [])].map(
    ({ name, nodev }) => `${nodev ? 'nodev' : ''}\t${name}\n`,
  )
  t.equal(lines.join(''), readFileSync('/proc/filesystems', 'utf8'))
  const before = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])
  const { up = 0, idle = -1 } = system.uptime?.() ?? {}
  t.ok(up >= before && up < before + 60)
  t.ok(idle >= 0)
})
