import t from 'tap'
import type { Ntdll } from '../../../provider/windows/ntdll.ts'
import { Snapshots } from '../../../provider/windows/snapshot.ts'
import { Status } from '../../../provider/windows/status.ts'
import { WindowsSystem } from '../../../provider/windows/system.ts'
import { fakeNtdll } from '../../fixtures/ntdll.ts'

/** Of a kernel that refuses to tell this class of information. */
const system = (refused?: number): WindowsSystem => {
  const { ntdll } = fakeNtdll([
    {
      pid: 320,
      threads: [
        { tid: 324, state: 5 },
        { tid: 328, state: 2 },
      ],
    },
    { pid: 400, threads: [{ tid: 404, state: 1 }] },
  ])
  const query: Ntdll['NtQuerySystemInformation'] = (kind, ...rest) =>
    kind === refused
      ? Status.AccessDenied
      : ntdll.NtQuerySystemInformation(kind, ...rest)
  return new WindowsSystem(
    {
      ntdll: { ...ntdll, NtQuerySystemInformation: query },
      snapshots: new Snapshots({ query }),
      fileAt: () => undefined,
      pathOf: (path: string) => path,
    },
    false,
  )
}

t.test('stat is told by processors and a snapshot', t => {
  t.strictSame(system().stat(), {
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
  t.equal(system().uptime().idle, 3.5)
  t.end()
})

t.test('what the kernel refuses is an error', t => {
  for (const refused of [2, 3, 8, 57])
    t.throws(() => system(refused).stat(), { code: 'EACCES' }, `${refused}`)
  t.end()
})
