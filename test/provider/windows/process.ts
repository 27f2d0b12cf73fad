import t from 'tap'
import type { Process } from '../../../provider/contract.ts'
import { Snapshots } from '../../../provider/windows/snapshot.ts'
import { WindowsSystem } from '../../../provider/windows/system.ts'
import { fakeNtdll, memoryBase, type Faked } from '../../fixtures/ntdll.ts'
import { refusal } from '../../rig/told.ts'

const caller = { uid: 0, gid: 0, tid: 0 }
const everything = 0xffff_ffff

const rig = (...processes: readonly Faked[]) => {
  const fake = fakeNtdll(processes)
  const clock = { now: 0 }
  const snapshots = new Snapshots({
    query: fake.ntdll.NtQuerySystemInformation,
    now: () => clock.now,
  })
  const machine = {
    ntdll: fake.ntdll,
    snapshots,
    fileAt: () => undefined,
    pathOf: (ntPath: string) => `<${ntPath}>`,
  }
  const change = (...changed: readonly Faked[]): void => {
    fake.processes = changed
    clock.now += 1000
  }
  return { fake, system: new WindowsSystem(machine, true), change }
}

const notepad: Faked = {
  pid: 320,
  parent: 100,
  name: 'notepad.exe',
  created: 2_000_000_000n,
  session: 2,
  image: 'C:\\Windows\\notepad.exe',
  commandLine: 'notepad "a b"',
  pages: [0x04, 0x02, 0x104, 0x04, 0, 0x01, 0x04],
  threads: [
    { tid: 324, state: 5, reason: 5, created: 2_000_000_001n },
    { tid: 328, state: 5, reason: 6, created: 2_000_500_000n },
  ],
}

/** What takes more than to know that it is there. */
const facts: readonly ((process: Process) => unknown)[] = [
  process => process.cmdline?.(),
  process => process.environ?.(),
  process => process.exe?.(),
  process => process.cwd?.(),
  process => process.regions(),
  process => process.read(memoryBase, 1),
  process => process.spans?.([]),
]

t.test('a pid opens its own process alone', t => {
  const { fake, system } = rig(notepad)
  const process = system.process(320)
  t.same([process.pid, process.start], [320, 2_000_000_000n])
  t.equal(process.exe?.(), 'C:\\Windows\\notepad.exe')
  t.equal(process.cmdline?.(), 'notepad\0a b\0')
  process.close()
  process.close()
  for (const pid of [321, 322, 323, 324, 0, -4, 1.5, 2 ** 32 + 320])
    t.equal(
      refusal(() => system.process(pid)),
      'ESRCH',
      `${pid}`,
    )
  t.equal(
    refusal(() => system.process(320, 1n)),
    'ESRCH',
  )
  t.equal(fake.open.size, 0, 'and leaves none open')
  t.end()
})

t.test('one that has ended is gone, though it is held', t => {
  const ends: readonly (readonly [string, Partial<Faked>])[] = [
    ['it has an exit status', { exitStatus: 0 }],
    ['that is STATUS_PENDING', { exitTime: 5n }],
    ['it is about to go', { flags: 4 }],
    ['its pid is another’s', { created: 3_000_000_000n }],
  ]
  for (const [name, end] of ends) {
    const { fake, system, change } = rig(notepad)
    const process = system.process(320)
    process.verify()
    change({ ...notepad, ...end })
    for (const ask of facts)
      t.equal(
        refusal(() => ask(process)),
        'ESRCH',
        name,
      )
    t.equal(
      refusal(() => process.verify()),
      'ESRCH',
    )
    t.equal(
      refusal(() => process.stat?.()),
      'ESRCH',
    )
    t.equal(
      refusal(() => process.may(caller, 'read')),
      'ESRCH',
    )
    t.equal(
      refusal(() => system.process(320, process.start)),
      'ESRCH',
    )
    process.close()
    t.equal(fake.open.size, 0)
  }
  t.end()
})

t.test('a system without extended information tells as much', t => {
  const old = { ...notepad, flags: -1 }
  const { system, change } = rig(old)
  const process = system.process(320)
  process.verify()
  change({ ...old, exitStatus: 1 })
  t.equal(
    refusal(() => process.verify()),
    'ESRCH',
  )
  t.end()
})

t.test('of one that may not be opened, what everyone is told', t => {
  const csrss = { ...notepad, name: 'csrss.exe', denied: everything }
  const { fake, system, change } = rig(csrss)
  const process = system.process(320)
  t.equal(process.comm?.(), 'csrss.exe')
  t.match(process.stat?.(), { pid: 320, comm: 'csrss.exe', state: 'S' })
  t.match(process.status?.(), { Name: 'csrss.exe' })
  t.same(process.tids(), [324, 328])
  t.equal(process.thread(324).comm?.(), 'csrss.exe')
  t.same(process.owner(), { uid: 0, gid: 0 })
  for (const ask of facts)
    t.throws(() => ask(process), {
      code: 'EACCES',
      message: 'process 320 (csrss.exe): Permission denied',
    })
  t.ok(process.may(caller, 'none'))
  for (const right of ['limited', 'read', 'dup'] as const)
    t.notOk(process.may(caller, right))
  t.equal(
    refusal(() => system.process(321)),
    'ESRCH',
    'nor by its neighbour',
  )
  change({ ...csrss, created: 9n })
  t.equal(
    refusal(() => process.verify()),
    'ESRCH',
    'another has its pid',
  )
  t.equal(
    refusal(() => process.comm?.()),
    'ESRCH',
  )
  change()
  t.equal(
    refusal(() => process.verify()),
    'ESRCH',
  )
  process.close()
  t.equal(fake.open.size, 0)
  t.end()
})

t.test('one that may not be opened costs a snapshot, not one each look', t => {
  const { fake, system } = rig({ ...notepad, denied: everything })
  const process = system.process(320)
  const { snapshots } = fake
  for (let looks = 0; looks < 10; looks++) {
    process.verify()
    t.equal(process.stat?.().pid, 320)
    t.equal(
      refusal(() => process.cmdline?.()),
      'EACCES',
    )
  }
  t.equal(fake.snapshots, snapshots)
  process.close()
  t.end()
})

t.test('of a protected one, what is allowed', t => {
  const { fake, system } = rig({ ...notepad, denied: 0x0010 })
  const process = system.process(320)
  t.equal(process.exe?.(), 'C:\\Windows\\notepad.exe')
  t.equal(process.cmdline?.(), 'notepad\0a b\0')
  for (const ask of facts.slice(4, 6))
    t.throws(() => ask(process), {
      code: 'EACCES',
      message: 'process 320 (notepad.exe): Permission denied',
    })
  t.ok(process.may(caller, 'limited'))
  t.notOk(process.may(caller, 'read'))
  t.ok(process.may(caller, 'dup'))
  t.notOk(process.may({ uid: 1, gid: 1, tid: 0 }, 'limited'), 'a stranger')
  process.close()
  t.equal(fake.open.size, 0)
  t.end()
})

t.test('one without a PEB has regions, and no more', t => {
  const registry = { pid: 100, name: 'Registry', created: 7n, pages: [4] }
  const { system } = rig(registry)
  const process = system.process(100)
  t.equal([...process.regions()].length, 2)
  t.same([...(process.spans?.([...process.regions()]) ?? [0])], [])
  t.equal(process.cmdline?.(), '')
  t.equal(process.environ?.(), '')
  t.equal(
    refusal(() => process.cwd?.()),
    'ENOENT',
  )
  t.equal(
    refusal(() => process.exe?.()),
    'ENOENT',
  )
  process.close()
  t.end()
})

t.test('a PEB that cannot be read costs labels, not regions', t => {
  const torn = { ...notepad, peb: 0x5_0000n }
  const { commandLine: _, ...silent } = torn
  const { system } = rig(silent)
  const process = system.process(320)
  t.equal([...process.regions()].length, 8)
  for (const ask of [process.cmdline, process.environ, process.cwd])
    t.equal(
      refusal(() => ask?.call(process)),
      'EIO',
    )
  process.close()
  t.end()
})

t.test('a program on a volume without a drive', t => {
  const { system } = rig({ ...notepad, image: '', ntImage: '\\Device\\X\\a' })
  const process = system.process(320)
  t.equal(process.exe?.(), '<\\Device\\X\\a>')
  process.close()
  t.end()
})

t.test('guard pages are never read', t => {
  const { fake, system } = rig(notepad)
  const process = system.process(320)
  const read = (at: number, length: number): number =>
    process.read(memoryBase + at, length).length
  t.equal(read(0, 0x2000), 0x2000)
  t.same([...process.read(memoryBase + 0xfff, 2)], [0x10, 0x11])
  t.equal(read(0, 0x8000), 0x2000, 'up to the guard')
  t.equal(read(0x2000, 16), 0)
  t.equal(read(0x3ff0, 0x100), 16, 'up to what is reserved')
  t.equal(read(0x5000, 16), 0, 'no access')
  t.equal(read(0x6ffe, 0x10), 2, 'up to the end')
  t.equal(read(-0x1000, 16), 0)
  t.same(fake.strays, [])
  process.close()
  t.end()
})

t.test('who is whose parent, and since when', t => {
  const parent = { pid: 100, name: 'explorer.exe', created: 1_500_000_000n }
  const { system, change } = rig(parent, notepad)
  const process = system.process(320)
  t.match(process.stat?.(), { ppid: 100, session: 2, starttime: 10_000 })
  t.equal(process.status?.()['PPid'], '100')
  change({ ...parent, created: 2_000_000_001n }, notepad)
  t.equal(process.stat?.().ppid, 0, 'one that is younger is no parent')
  change(notepad)
  t.equal(process.stat?.().ppid, 0)
  process.close()
  t.end()
})

t.test('threads are the process’s own', t => {
  const other = { pid: 400, created: 1n, threads: [{ tid: 404 }] }
  const { system, change } = rig(notepad, other)
  const process = system.process(320)
  const thread = process.thread(324)
  t.match(thread.stat?.(), { pid: 324, state: 'T', starttime: 10_000 })
  t.match(process.thread(328).stat?.(), { state: 'S', starttime: 10_005 })
  for (const tid of [320, 325, 404, 0])
    t.equal(
      refusal(() => process.thread(tid)),
      'ESRCH',
      `${tid}`,
    )
  t.same(
    [324, 404, 320, 5].map(id => system.leader(id)),
    [320, 400, 320, undefined],
  )
  const [first, second] = notepad.threads ?? []
  change({ ...notepad, threads: [{ ...first, tid: 324, created: 9n }] }, other)
  t.equal(
    refusal(() => thread.stat?.()),
    'ESRCH',
    'another has its number',
  )
  change({ ...notepad, threads: second ? [second] : [] }, other)
  t.equal(
    refusal(() => thread.comm?.()),
    'ESRCH',
  )
  t.same(process.tids(), [328])
  process.close()
  t.end()
})

t.test('the machine', t => {
  const { system } = rig({ pid: 0 }, { pid: 8 }, { pid: 4 })
  t.same(system.pids(), [4, 8])
  t.same(system.uptime(), { up: 250, idle: 3.5 })
  t.equal(system.version(), 'Windows_NT version 10.0.19045')
  t.end()
})
