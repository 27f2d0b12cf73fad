import t from 'tap'
import { status } from '../../../fs/document/status.ts'
import { processesIn } from '../../../provider/nt/processes.ts'
import {
  statmOf,
  statOf,
  statusOf,
  threadStatOf,
  threadStatusOf,
} from '../../../provider/windows/facts.ts'
import {
  snapshotOf,
  type ProcessFacts,
  type ThreadFacts,
} from '../../fixtures/snapshot.ts'

const base = 0x1000

const entryOf = (facts: Partial<ProcessFacts>) => {
  const [found] = processesIn(snapshotOf([{ pid: 8, ...facts }], base), base)
  if (found === undefined) throw new Error('no process')
  return found
}

const around = { boot: 0n, parent: undefined }

const stateOf = (...threads: readonly Partial<ThreadFacts>[]): string =>
  statOf(
    entryOf({
      threads: threads.map((thread, at) => ({ tid: at * 4, ...thread })),
    }),
    around,
  ).state

t.test('a state is that of the threads together', t => {
  const [waits, suspended, old] = [
    { state: 5, reason: 6 },
    { state: 5, reason: 5 },
    { state: 5, reason: 12 },
  ]
  const [ready, runs, standby, deferred, ended, unknown] = [
    { state: 1 },
    { state: 2 },
    { state: 3 },
    { state: 7 },
    { state: 4 },
    { state: 0 },
  ]
  const table = [
    ['S', []],
    ['S', [waits]],
    ['S', [unknown]],
    ['R', [waits, runs]],
    ['R', [ready]],
    ['R', [standby, suspended]],
    ['R', [deferred]],
    ['T', [suspended]],
    ['T', [suspended, old]],
    ['S', [suspended, waits]],
    ['Z', [ended, ended]],
    ['S', [ended, waits]],
    // a reason tells nothing of one that does not wait
    ['R', [{ state: 2, reason: 5 }]],
    ['S', [{ state: 6, reason: 5 }]],
  ] as const
  for (const [state, threads] of table)
    t.equal(stateOf(...threads), state, JSON.stringify(threads))
  t.end()
})

t.test('priorities in the kernel’s numbers', t => {
  const table = [
    [31, -20],
    [24, -20],
    [15, -15],
    [13, -15],
    [10, -5],
    [9, 0],
    [8, 0],
    [6, 10],
    [4, 19],
    [0, 19],
  ] as const
  for (const [priority, nice] of table) {
    const stat = statOf(entryOf({ priority }), around)
    t.same([stat.nice, stat.priority], [nice, nice + 20], `${priority}`)
  }
  t.end()
})

const boot = 133_000_000_000_000_000n

const facts = {
  pid: 4242,
  parent: 100,
  name: 'a b\n.exe',
  created: boot + 12_345_678_901n,
  session: 2,
  more: [
    [0x08, 8, 0x20_0000n], // private working set
    [0x10, 4, 7n], // hard faults
    [0x28, 8, 123_456_789n], // user
    [0x30, 8, 99_999n], // kernel
    [0x60, 4, 77n], // handles
    [0x70, 8, 0x5000_0800n], // peak size
    [0x78, 8, 0x4000_0fffn], // size
    [0x80, 4, 1000n], // faults
    [0x88, 8, 0x60_0000n], // peak working set
    [0x90, 8, 0x50_0000n], // working set
    [0xc8, 8, 0x30_0000n], // committed
  ],
  threads: [
    {
      tid: 4244,
      user: 50_000_000n,
      kernel: 1_000_000n,
      created: boot + 20_000_000_000n,
      state: 2,
      base: 10,
    },
    { tid: 4248, state: 5 },
  ],
} as const satisfies ProcessFacts

const entry = entryOf(facts)
const parent = entryOf({ pid: 100, created: facts.created })

t.test('numbers of a process, in the kernel’s units', t => {
  t.same(statOf(entry, { boot, parent }), {
    pid: 4242,
    comm: 'a b\n.exe',
    state: 'R',
    ppid: 100,
    session: 2,
    minflt: 993,
    majflt: 7,
    utime: 1234,
    stime: 0,
    priority: 20,
    nice: 0,
    num_threads: 2,
    starttime: 123_456,
    vsize: 0x4000_0fff,
    rss: 0x500,
  })
  t.same(statmOf(entry), {
    size: 0x4_0000,
    resident: 0x500,
    shared: 0x300,
    text: 0,
    data: 0x300,
  })
  const unknown = entryOf({ more: [[0x90, 8, 0x50_0000n]] })
  t.equal(statmOf(unknown).shared, 0, 'where what is private is not told')
  t.end()
})

t.test('a thread has times of its own', t => {
  const [thread] = entry.threads
  if (thread === undefined) throw new Error('no thread')
  t.match(threadStatOf(entry, thread, 'main', { boot, parent }), {
    pid: 4244,
    comm: 'main',
    state: 'R',
    ppid: 100,
    utime: 500,
    stime: 10,
    nice: -5,
    priority: 15,
    starttime: 200_000,
    vsize: 0x4000_0fff,
    num_threads: 2,
  })
  t.match(threadStatusOf(entry, thread, 'main', { boot, parent }), {
    Name: 'main',
    Pid: '4244',
    Tgid: '4242',
    State: 'R (running)',
    Threads: '2',
  })
  t.end()
})

t.test('a parent is none that is younger, nor that is gone', t => {
  const younger = { ...parent, created: parent.created + 1n }
  t.equal(statOf(entry, { boot, parent: younger }).ppid, 0)
  t.equal(statOf(entry, { boot, parent: undefined }).ppid, 0)
  t.equal(statusOf(entry, { boot, parent: younger })['PPid'], '0')
  t.end()
})

t.test('what began before the system did has always been', t => {
  t.equal(
    statOf(entryOf({ created: boot - 1n }), { boot, parent }).starttime,
    0,
  )
  t.end()
})

t.test('status prints in the kernel’s order', t => {
  const task = {
    tid: 4242,
    regions: () => [],
    read: () => new Uint8Array(),
    status: () => statusOf(entry, { boot, parent }),
  }
  t.equal(
    [...status(task)].slice(0, 19).join(''),
    `\
Name:\ta b\\n.exe
State:\tR (running)
Tgid:\t4242
Ngid:\t0
Pid:\t4242
PPid:\t100
TracerPid:\t0
Uid:\t0\t0\t0\t0
Gid:\t0\t0\t0\t0
FDSize:\t77
Groups:\t
VmPeak:\t 1310722 kB
VmSize:\t 1048579 kB
VmLck:\t       0 kB
VmPin:\t       0 kB
VmHWM:\t    6144 kB
VmRSS:\t    5120 kB
VmData:\t    3072 kB
Threads:\t2
`,
  )
  t.end()
})
