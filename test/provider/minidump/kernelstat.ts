import t from 'tap'
import type { System } from '../../../provider/contract.ts'
import { openDump } from '../../../provider/minidump/directory.ts'
import { Facts } from '../../../provider/minidump/facts.ts'
import { DumpSystem } from '../../../provider/minidump/system.ts'
import {
  dumpOf,
  sample,
  sourceOf,
  words,
  type Dumped,
} from '../../fixtures/dump.ts'

const systemOf = (...dumps: readonly Dumped[]): System =>
  new DumpSystem(
    dumps.map(dumped => new Facts(openDump(sourceOf(dumpOf(dumped))))),
    { uid: 0, gid: 0 },
    () => undefined,
  )

const ofPid = (pid: number, start: number): Dumped => ({
  ...sample,
  misc: [3, pid, start],
})

const begunOf = (system: System): (number | undefined)[] =>
  system.pids().map(pid => {
    const { starttime = NaN } = system.process(pid).stat?.() ?? {}
    return (system.stat?.().btime ?? NaN) + Number(starttime) / 100
  })

t.test('a process begins at btime and its starttime', t => {
  t.same(begunOf(systemOf(sample)), [1_700_000_000])
  const several = systemOf(ofPid(8, 300), ofPid(12, 100), ofPid(16, 250))
  t.equal(several.stat?.().btime, 100)
  t.same(begunOf(several), [300, 100, 250])
  t.end()
})

t.test('of starts that are not told there is the dump’s own time', t => {
  const written = 0x6000_0000
  t.same(begunOf(systemOf(ofPid(8, 0))), [written])
  t.same(begunOf(systemOf(ofPid(8, 0), ofPid(12, 100))), [100, 100])
  const untold: Dumped = { ...sample, misc: [1, 8, 7] }
  t.same(begunOf(systemOf(untold)), [written])
  t.end()
})

/** CreateTime of the threads that ThreadInfoList tells of; FILETIMEs. */
const threadInfo = (...threads: readonly (readonly [number, bigint])[]) =>
  Buffer.concat([
    words(12, 64, threads.length),
    ...threads.map(([tid, created]) => {
      const entry = Buffer.alloc(64)
      entry.writeUInt32LE(tid, 0)
      entry.writeBigUInt64LE(created, 16)
      return entry
    }),
  ])

t.test('a thread begins when ThreadInfoList has it', t => {
  const filetime = (seconds: number): bigint =>
    (11_644_473_600n + BigInt(seconds)) * 10_000_000n
  const dumped: Dumped = {
    ...sample,
    others: [
      [
        17,
        threadInfo(
          [4244, filetime(1_700_000_003) + 1_250_000n],
          [4248, filetime(1_600_000_000)],
        ),
      ],
    ],
  }
  const starttime = (tid: number) =>
    systemOf(dumped).process(4242).thread(tid).stat?.().starttime
  t.equal(starttime(4244), 312)
  t.equal(starttime(4248), 0, 'before its process')
  t.end()
})

t.test('a machine of dumps has processors and tasks that do nothing', t => {
  const { threads, ...unthreaded } = sample
  const system = systemOf(
    { ...sample, system: { processors: 2 } },
    { ...unthreaded, system: { processors: 3 }, misc: [3, 8, 7] },
  )
  t.match(system.stat?.(), {
    cpu: {},
    cpus: [0, 1, 2].map(number => ({ number, times: {} })),
    intr: [],
    ctxt: 0,
    processes: (threads?.length ?? NaN) + 1,
    procs_running: 0,
    procs_blocked: 0,
  })
  t.equal(system.stat?.().cpus.length, 3)
  t.end()
})
