/** Processes of a live Windows: who they are, and that they stay so. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Process } from '../../provider/contract.ts'
import { addressOf } from '../../provider/dll.ts'
import { open } from '../../provider/windows/index.ts'
import { shared } from '../../provider/windows/snapshot.ts'
import { refusal } from '../rig/told.ts'
import { child as start } from '../rig/wine/child.ts'
import { handles } from '../rig/wine/inner.ts'

const system = open({ spans: true })

/** A Node that waits; it is killed with the test. */
const child = async (test: Pick<typeof t, 'teardown'>): Promise<number> => {
  const args = ['-e', 'setInterval(() => {}, 1000)']
  const started = await start(process.execPath, args, 'ignore')
  test.teardown(() => started.kill())
  return started.pid
}

const end = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGKILL')
  for (let left = 2400; left > 0; left--) {
    if (refusal(() => system.process(pid).close()) === 'ESRCH') return
    await sleep(25)
  }
}

t.test('a pid opens its process, and no other number does', t => {
  const own = system.process(process.pid)
  t.equal(own.pid, process.pid)
  t.ok(own.start > 0n)
  own.close()
  // OpenProcess would take all four for the same
  for (const more of [1, 2, 3])
    t.equal(
      refusal(() => system.process(process.pid + more)),
      'ESRCH',
    )
  for (const pid of [0, -4, 0.5, 2 ** 32 + process.pid, Number.NaN])
    t.equal(
      refusal(() => system.process(pid)),
      'ESRCH',
    )
  t.end()
})

t.test('pids are those that can be opened', async t => {
  const pids = system.pids()
  t.ok(pids.includes(process.pid))
  t.notOk(pids.includes(0))
  t.same(
    pids,
    pids.toSorted((a, b) => a - b),
  )
  /** Those that are told and cannot be opened. */
  const shut = (): number[] =>
    system.pids().filter(pid => refusal(() => system.process(pid).close()))
  // while the machine is busy, Wine's own come and go
  for (let left = 600; left > 0 && shut().length > 0; left--) await sleep(100)
  t.same(shut(), [])
})

t.test('a process is the one that began then', t => {
  const own = system.process(process.pid)
  const { start } = own
  own.close()
  system.process(process.pid, start).close()
  for (const other of [start - 1n, start + 1n, 0n])
    t.equal(
      refusal(() => system.process(process.pid, other)),
      'ESRCH',
    )
  t.end()
})

t.test('what has been closed tells nothing', t => {
  const own = system.process(process.pid)
  const thread = own.thread(Number(own.tids()[0]))
  own.close()
  own.close()
  const asked: readonly ((process: Process) => unknown)[] = [
    process => process.verify(),
    process => process.owner(),
    process => process.tids(),
    process => process.comm?.(),
    process => process.stat?.(),
    process => process.cmdline?.(),
    process => process.environ?.(),
    process => process.exe?.(),
    process => process.regions(),
    process => process.read(0x7ffe_0000, 4),
    process => process.may({ uid: 0, gid: 0, tid: 0 }, 'read'),
    () => thread.comm?.(),
    () => thread.regions(),
  ]
  for (const ask of asked)
    t.equal(
      refusal(() => ask(own)),
      'EBADF',
    )
  t.end()
})

t.test('a process that has ended is gone, also for who holds it', async t => {
  const pid = await child(t)
  const held = system.process(pid)
  const [tid] = held.tids()
  const thread = held.thread(Number(tid))
  t.equal(held.comm?.(), 'node.exe')
  await end(pid)
  const asked: readonly (() => unknown)[] = [
    () => held.verify(),
    () => held.comm?.(),
    () => held.stat?.(),
    () => held.status?.(),
    () => held.cmdline?.(),
    () => held.environ?.(),
    () => held.exe?.(),
    () => held.cwd?.(),
    () => held.tids(),
    () => held.owner(),
    () => held.regions(),
    () => held.read(0x7ffe_0000, 4),
    () => held.spans?.([]),
    () => held.thread(Number(tid)),
    () => thread.comm?.(),
    () => thread.stat?.(),
    () => system.process(pid),
    () => system.process(pid, held.start),
  ]
  for (const ask of asked) t.equal(refusal(ask), 'ESRCH', `${ask}`)
  held.close()
  t.equal(
    refusal(() => system.process(pid)),
    'ESRCH',
  )
  await sleep(2 * shared)
  t.notOk(system.pids().includes(pid))
})

t.test('threads are its own', t => {
  const own = system.process(process.pid)
  const tids = own.tids()
  t.ok(tids.length > 1)
  for (const tid of tids) {
    t.equal(own.thread(tid).tid, tid)
    t.equal(system.leader(tid), process.pid)
  }
  const other = system.pids().find(pid => pid !== process.pid) as number
  const others = system.process(other)
  for (const tid of [...others.tids(), ...tids.map(tid => tid + 1), 0, -1])
    t.equal(
      refusal(() => own.thread(tid)),
      'ESRCH',
    )
  others.close()
  own.close()
  t.equal(system.leader(process.pid), process.pid, 'a pid leads to itself')
  for (const tid of [0, -1, 1, Number.NaN, 2 ** 40])
    t.equal(system.leader(tid), undefined)
  t.end()
})

t.test('no HANDLE is left', t => {
  const look = (spans: boolean): void => {
    const own = system.process(process.pid)
    own.comm?.()
    own.thread(Number(own.tids()[0])).comm?.()
    own.may({ uid: 0, gid: 0, tid: 0 }, 'read')
    own.may({ uid: 0, gid: 0, tid: 0 }, 'dup')
    own.read(0x7ffe_0000, 16)
    if (spans) own.spans?.([...own.regions()])
    own.close()
    refusal(() => system.process(process.pid + 1))
    refusal(() => system.process(process.pid, 1n))
  }
  look(true)
  const before = handles()
  for (let count = 0; count < 1000; count++) look(count % 100 === 0)
  t.equal(handles(), before)
  t.end()
})

t.test('memory is read up to what is not there', t => {
  const own = system.process(process.pid)
  const bytes = Buffer.alloc(0x1_0000, 'winprocfs')
  const address = addressOf(bytes)
  t.same(own.read(address, 100), bytes.subarray(0, 100))
  t.same(own.read(address + 5000, 9000), bytes.subarray(5000, 14_000))
  const regions = [...own.regions()]
  const guarded = regions.filter(({ access }) => access & 16)
  t.ok(guarded.length > 0, 'a stack has a guard page')
  const there = guarded.map(({ start }) => own.read(start, 4096).length)
  t.same(new Set(there), new Set([0]), 'which is not read')
  t.same(
    [...own.regions()].filter(({ access }) => access & 16).length,
    guarded.length,
    'and stays',
  )
  const edges = regions.flatMap(({ end, state, access }, at) =>
    state === 'commit' && access & 1 && regions[at + 1]?.state === 'free'
      ? [end]
      : [],
  )
  t.ok(edges.length > 3)
  for (const end of edges.slice(0, 20))
    t.equal(own.read(end - 16, 4096).length, 16)
  for (const address of [0, 2 ** 47, 2 ** 63, 2 ** 64 - 4096, Number.NaN])
    t.equal(own.read(address, 16).length, 0, `${address}`)
  t.equal(own.read(0x7ffe_0000, 0).length, 0)
  own.close()
  t.end()
})
