import t from 'tap'
import { Snapshots } from '../../../provider/windows/snapshot.ts'
import { WindowsSystem } from '../../../provider/windows/system.ts'
import { fakeNtdll, type FakeNtdll } from '../../fixtures/ntdll.ts'

const rig = (): { fake: FakeNtdll; system: WindowsSystem } => {
  const fake = fakeNtdll([
    {
      pid: 320,
      threads: [
        { tid: 324, state: 5 },
        { tid: 328, state: 2 },
      ],
    },
    { pid: 400, threads: [{ tid: 404, state: 1 }] },
  ])
  const machine = {
    ntdll: fake.ntdll,
    snapshots: new Snapshots({ query: fake.ntdll.NtQuerySystemInformation }),
    fileAt: () => undefined,
    pathOf: (path: string) => path,
  }
  return { fake, system: new WindowsSystem(machine, false) }
}

t.test('stat is told by processors and a snapshot', t => {
  t.strictSame(rig().system.stat(), {
    cpu: { user: 80, system: 35, idle: 350, irq: 5, softirq: 10 },
    cpus: [
      {
        number: 0,
        times: { user: 70, system: 35, idle: 100, irq: 5, softirq: 10 },
      },
      {
        number: 1,
        times: { user: 10, system: 0, idle: 250, irq: 0, softirq: 0 },
      },
    ],
    intr: [201],
    ctxt: 4321,
    // 100 s after 1601
    btime: -11_644_473_500,
    processes: 3,
    procs_running: 2,
    procs_blocked: 0,
    softirq: [],
  })
  t.equal(rig().system.uptime().idle, 3.5)
  t.end()
})

t.test('what the kernel refuses is an error', t => {
  for (const refused of [2, 3, 8, 57]) {
    const { fake, system } = rig()
    const query = fake.ntdll.NtQuerySystemInformation
    fake.ntdll.NtQuerySystemInformation = (kind, ...rest) =>
      kind === refused ? 0xc000_0022 | 0 : query(kind, ...rest)
    if (refused === 57) fake.processes = []
    else t.throws(() => system.stat(), { code: 'EACCES' }, `${refused}`)
  }
  t.end()
})
