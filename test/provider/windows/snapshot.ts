import t from 'tap'
import {
  shared,
  snapshotBound,
  Snapshots,
} from '../../../provider/windows/snapshot.ts'
import { fakeNtdll, type Faked } from '../../fixtures/ntdll.ts'

const idle: Faked = { pid: 0, threads: [{ tid: 0 }] }
const system: Faked = {
  pid: 4,
  name: 'System',
  created: 1n,
  threads: [{ tid: 8 }],
}

const rig = (processes: readonly Faked[] = [idle, system]) => {
  const fake = fakeNtdll(processes)
  const clock = { now: 1000 }
  const snapshots = new Snapshots({
    query: fake.ntdll.NtQuerySystemInformation,
    now: () => clock.now,
  })
  return { fake, clock, snapshots }
}

t.test('a snapshot is shared for a moment', t => {
  const { fake, clock, snapshots } = rig()
  const first = snapshots.take()
  t.same([...first.processes.keys()], [4], 'without the idle process')
  t.same([...first.leaders], [[8, 4]])
  clock.now += shared
  t.equal(snapshots.take(), first)
  t.equal(fake.snapshots, 1)
  clock.now += 1
  t.not(snapshots.take(), first)
  t.equal(fake.snapshots, 2)
  t.equal(snapshots.take().at, clock.now)
  snapshots.take('fresh')
  t.equal(fake.snapshots, 3, 'or taken anew')
  t.end()
})

t.test('a process that is not in the shared one is looked for anew', t => {
  const { fake, snapshots } = rig()
  snapshots.take()
  fake.processes = [system, { pid: 12, created: 5n }]
  t.equal(snapshots.entry(4, 1n).name, 'System')
  t.equal(fake.snapshots, 1)
  t.equal(snapshots.entry(12, 5n).pid, 12)
  t.equal(fake.snapshots, 2)
  for (const [pid, created] of [
    [12, 4n],
    [16, 5n],
    [0, 0n],
  ] as const)
    t.throws(() => snapshots.entry(pid, created), { code: 'ESRCH' })
  t.end()
})

t.test('its buffer grows with the system', t => {
  const many = Array.from({ length: 4000 }, (_, at) => ({
    pid: 4 * (at + 1),
    name: `program ${at}.exe`,
    threads: [{ tid: 1 }, { tid: 2 }, { tid: 3 }],
  }))
  const { fake, snapshots } = rig(many)
  t.equal(snapshots.take().processes.size, 4000)
  t.equal(fake.snapshots, 1)
  t.end()
})

t.test('but not without end', t => {
  const asked: number[] = []
  const snapshots = new Snapshots({
    query: (_, __, length, needed) => {
      asked.push(length)
      new DataView((needed as Uint8Array).buffer).setUint32(0, 0, true)
      return 0xc0000004 | 0
    },
  })
  t.throws(() => snapshots.take(), { code: 'EFBIG' })
  t.equal(asked.at(-1), snapshotBound)
  t.ok(asked.length < 20)
  t.end()
})

t.test('what fails, or makes no sense, is an error', t => {
  for (const [status, code] of [
    [0xc0000022 | 0, 'EACCES'],
    [0xc0000001 | 0, 'EIO'],
    [0, 'EIO'],
  ] as const) {
    const snapshots = new Snapshots({
      query: (_, bytes) => {
        bytes?.fill(0xff)
        return status
      },
    })
    t.throws(() => snapshots.take(), { code })
  }
  t.end()
})
