import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { openProcess } from '../../../provider/linux/process.ts'
import { recorded, statText } from '../../rig/recorded.ts'
import { fixture, start } from '../../rig/fixture.ts'
import { missing, noCompiler, noLinux, noProgram } from '../../rig/need.ts'

const tree = (t: Test): string =>
  t.testdir({
    '7': {
      ...recorded({ pid: 7, start: 99 }),
      task: {
        '7': recorded({ pid: 7 }),
        '12': recorded({ pid: 12, comm: 'thread' }),
        '9': recorded({ pid: 9 }),
        x: recorded({ pid: 1 }),
      },
    },
    '8': { stat: 'no stat\n' },
  })

t.test('a process is its pid and its start time', async t => {
  const process = openProcess(tree(t), 7, false)
  t.equal(process.pid, 7)
  t.equal(process.tid, 7)
  t.equal(process.start, 99n)
  process.close()
})

t.test('a process is owned as its directory is', async t => {
  const root = tree(t)
  const process = openProcess(root, 7, false)
  t.teardown(() => process.close())
  const { uid, gid } = statSync(`${root}/7`)
  t.strictSame(process.owner(), { uid, gid })
})

t.test('what is no pid, or no process, is ESRCH', async t => {
  const root = tree(t)
  for (const pid of [0, -1, 1.5, Number.NaN, 1e21, 6, 4194305])
    t.throws(() => openProcess(root, pid, false), { code: 'ESRCH' })
})

const descriptors = (): number => readdirSync('/proc/self/fd').length

t.test(
  'a process whose stat cannot be read is EIO, and closed',
  missing(noLinux),
  async t => {
    const root = tree(t)
    t.throws(() => openProcess(root, 8, false), { code: 'EIO' })
    const before = descriptors()
    for (let time = 0; time < 20; time++)
      t.throws(() => openProcess(root, 8, false), { code: 'EIO' })
    t.equal(descriptors(), before)
  },
)

t.test('another start time is another process', async t => {
  const root = tree(t)
  const process = openProcess(root, 7, false)
  t.teardown(() => process.close())
  process.verify()
  writeFileSync(`${root}/7/stat`, statText({ pid: 7, start: 100 }))
  t.throws(() => process.verify(), { code: 'ESRCH' })
  t.throws(() => process.status(), { code: 'ESRCH' }, 'nothing of it is told')
})

t.test('a process asked for by another start time tells nothing', async t => {
  const root = tree(t)
  const right = openProcess(root, 7, false, 99n)
  const wrong = openProcess(root, 7, false, 98n)
  t.teardown(() => {
    right.close()
    wrong.close()
  })
  right.verify()
  t.equal(right.start, 99n)
  t.equal(right.stat().pid, 7)
  t.throws(() => openProcess(root, 6, false, 99n), { code: 'ESRCH' })
  for (const fact of ['verify', 'stat', 'status', 'owner', 'tids'] as const)
    t.throws(() => wrong[fact](), { code: 'ESRCH' }, fact)
  t.throws(() => wrong.thread(7), { code: 'ESRCH' })
  t.throws(() => wrong.may({ uid: 1, gid: 1, tid: 0 }, 'read'), {
    code: 'ESRCH',
  })
})

t.test('after close everything is EBADF, and close may come again', async t => {
  const process = openProcess(tree(t), 7, false)
  process.close()
  process.close()
  t.throws(() => process.verify(), { code: 'EBADF' })
  t.throws(() => process.stat(), { code: 'EBADF' })
  t.throws(() => process.status(), { code: 'EBADF' })
  t.throws(() => process.owner(), { code: 'EBADF' })
})

t.test('threads are listed ascending, and found by number', async t => {
  const root = tree(t)
  const process = openProcess(root, 7, false)
  t.teardown(() => process.close())
  t.strictSame(process.tids(), [7, 9, 12])
  const thread = process.thread(12)
  t.equal(thread.tid, 12)
  t.equal(thread.stat?.().comm, 'thread')
  t.equal(thread.status?.()['Name'], 'thread')
  for (const tid of [0, -1, 1.5, 8, 4194305])
    t.throws(() => process.thread(tid), { code: 'ESRCH' })
  rmSync(`${root}/7/task/12`, { recursive: true })
  t.throws(() => thread.stat?.(), { code: 'ESRCH' })
  t.throws(() => process.thread(12), { code: 'ESRCH' })
})

t.test('spans are there only if asked for', async t => {
  const root = tree(t)
  for (const spans of [false, true]) {
    const process = openProcess(root, 7, spans)
    t.teardown(() => process.close())
    t.equal(process.spans !== undefined, spans)
    t.equal(process.thread(12).spans !== undefined, spans)
  }
})

const facts = [
  'regions',
  'comm',
  'cmdline',
  'environ',
  'stat',
  'statm',
  'status',
  'mounts',
  'exe',
  'cwd',
  'root',
  'owner',
  'tids',
  'verify',
  'spans',
] as const

t.test(
  'of a process that is gone every fact is ESRCH',
  missing(noLinux, noProgram('cat')),
  async t => {
    const { pid, end } = await start('cat', [], { ready: false })
    const process = openProcess('/proc', pid, true)
    t.teardown(() => process.close())
    const thread = process.thread(pid)
    process.verify()
    t.ok(process.regions().length > 0)
    await end()
    for (const fact of facts)
      t.throws(() => process[fact]?.([]), { code: 'ESRCH' }, fact)
    t.throws(() => process.read(4096, 1), { code: 'ESRCH' })
    t.throws(() => process.thread(pid), { code: 'ESRCH' })
    t.throws(() => process.may({ uid: 1, gid: 1, tid: 0 }, 'read'), {
      code: 'ESRCH',
    })
    for (const fact of ['regions', 'comm', 'stat', 'spans'] as const)
      t.throws(() => thread[fact]?.([]), { code: 'ESRCH' }, fact)
    t.throws(() => openProcess('/proc', pid, false), { code: 'ESRCH' })
  },
)

t.test(
  'a zombie is there: it has a name and a state, and no memory',
  missing(noLinux, noCompiler),
  async t => {
    const many = fixture('many')
    t.teardown(() => many.remove())
    const { pid, end } = await start(many.path, ['10', '1000'])
    const zombie = openProcess('/proc', pid, true)
    t.teardown(() => zombie.close())
    // it is reaped by the event loop, which does not run meanwhile
    while (zombie.stat().state !== 'Z') continue
    zombie.verify()
    t.equal(zombie.comm(), 'program')
    t.equal(zombie.cmdline(), '')
    t.strictSame(zombie.regions(), [])
    t.equal(zombie.isBare(), true)
    t.strictSame(zombie.fds(), [])
    t.strictSame(zombie.spans?.([...zombie.regions()]), [])
    t.equal(zombie.read(4096, 16).length, 0)
    t.equal(zombie.statm().size, 0)
    t.throws(() => zombie.exe(), { code: 'ENOENT' })
    t.strictSame(zombie.tids(), [pid])
    await end()
    t.throws(() => zombie.verify(), { code: 'ESRCH' })
  },
)

t.test(
  'any thread’s number opens its process, as in /proc itself',
  missing(noLinux),
  async t => {
    const own = openProcess('/proc', process.pid, false)
    t.teardown(() => own.close())
    const tid = own.tids().find(tid => tid !== process.pid)
    if (tid === undefined) throw new Error('this process has one thread')
    const other = openProcess('/proc', tid, false)
    t.teardown(() => other.close())
    t.equal(other.pid, tid)
    t.strictSame(other.tids(), own.tids())
    t.equal(other.cmdline(), own.cmdline())
    t.equal(own.thread(tid).stat?.().pid, tid)
  },
)
