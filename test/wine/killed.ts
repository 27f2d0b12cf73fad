/**
 * Processes killed at a random moment of a walk: it is told whole, or gone.
 * test/live/windows/killed.ts says which program they are.
 */
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Process } from '../../provider/contract.ts'
import { DeviceTable } from '../../provider/windows/devices.ts'
import { Files } from '../../provider/windows/files.ts'
import { mappedName } from '../../provider/windows/names.ts'
import { ntdll } from '../../provider/windows/ntdll.ts'
import { Snapshots } from '../../provider/windows/snapshot.ts'
import { WindowsSystem } from '../../provider/windows/system.ts'
import { randomOf } from '../rig/random.ts'
import { refusal } from '../rig/told.ts'
import { child } from '../rig/wine/child.ts'
import { given, handles, mapsOf } from '../rig/wine/inner.ts'

// five hundred processes take a while to start
t.setTimeout(440_000)

const rounds = 500
/** Started ahead, so that they are at rest when it is their turn. */
const ahead = 6

/** Calls that look at a process, and the one before which it is killed. */
let calls = 0
let fatal = { pid: 0, call: Number.POSITIVE_INFINITY }

/**
 * Not by a thread of its own: under Wine 8.0 a call that asks a process which
 * is killed during that very call has been seen never to return.
 */
const counted =
  <Values extends unknown[], Result>(
    call: (...values: Values) => Result,
  ): ((...values: Values) => Result) =>
  (...values) => {
    if (calls++ === fatal.call) process.kill(fatal.pid, 'SIGKILL')
    return call(...values)
  }

const devices = new DeviceTable()
const system = new WindowsSystem(
  {
    ntdll: {
      ...ntdll,
      NtOpenProcess: counted(ntdll.NtOpenProcess),
      NtQueryInformationProcess: counted(ntdll.NtQueryInformationProcess),
      NtQueryVirtualMemory: counted(ntdll.NtQueryVirtualMemory),
      NtReadVirtualMemory: counted(ntdll.NtReadVirtualMemory),
    },
    snapshots: new Snapshots({
      query: counted(ntdll.NtQuerySystemInformation),
    }),
    fileAt: new Files({ devices, nameOf: counted(mappedName) }).at,
    pathOf: path => devices.pathOf(path),
  },
  true,
)
const output = given('OUTPUT')
const file = openSync(output, 'w')
t.teardown(() => closeSync(file))

interface Started {
  readonly pid: number
  readonly ended: Promise<unknown>
}

const start = async (): Promise<Started> => {
  const started = await child(given('PROGRAM'), [], file)
  t.teardown(() => started.kill())
  return { pid: started.pid, ended: once(started, 'exit') }
}

/** Waits until a process has said its pid, of which it is the owner so many. */
const said = async (pid: number, times: number): Promise<void> => {
  const isOf = (line: string): boolean => line.trim() === `${pid}`
  for (;;) {
    const lines = readFileSync(output, 'latin1').split('\n')
    if (lines.filter(isOf).length >= times) return
    await sleep(2)
  }
}

const top = 0x7fff_ffff_0000

/** What is looked at, as a text. */
const looks: readonly ((process: Process) => string)[] = [
  mapsOf,
  ({ pid, start }) => {
    const process = system.process(pid, start)
    try {
      return mapsOf(process)
    } finally {
      process.close()
    }
  },
  process => {
    const regions = [...process.regions()]
    const gaps = regions.filter(
      ({ start }, at) => start !== (regions[at - 1]?.end ?? 0),
    )
    const isWhole = gaps.length === 0 && regions.at(-1)?.end === top
    return `${regions.length} ${isWhole ? 'whole' : 'torn'}`
  },
]

t.test('killed while it is looked at, it is whole or gone', async t => {
  const random = randomOf(3)
  const queue: Started[] = []
  /** When the processes began that had a pid, the last one last. */
  const owners = new Map<number, bigint[]>()
  const counts = { whole: 0, gone: 0, reused: 0 }
  const wrong: string[] = []
  const expect = (round: number, what: string, holds: boolean): void => {
    if (!holds) wrong.push(`${round}: ${what}`)
  }
  let before = 0
  for (let round = 0; round < rounds; round++) {
    while (queue.length < Math.min(ahead, rounds - round))
      queue.push(await start())
    const { pid, ended } = queue.shift() as Started
    const owned = owners.get(pid) ?? []
    await said(pid, owned.length + 1)
    const held = system.process(pid)
    for (const other of owned) {
      counts.reused++
      const code = refusal(() => system.process(pid, other).close())
      expect(round, `an earlier owner of ${pid}: ${code}`, code === 'ESRCH')
    }
    owners.set(pid, [...owned, held.start])

    const look = looks[round % looks.length] as (typeof looks)[number]
    calls = 0
    const whole = look(held)
    expect(round, whole, !whole.endsWith('torn') && whole !== '')
    fatal = { pid, call: calls + random(Math.ceil(calls * 1.1)) }
    let seen = ''
    const code = refusal(() => (seen = look(held)))
    if (code === undefined) counts.whole++
    else counts.gone++
    expect(
      round,
      code ?? seen,
      code === undefined ? seen === whole : code === 'ESRCH',
    )
    if (calls <= fatal.call) process.kill(pid, 'SIGKILL')
    await ended
    for (const look of looks) {
      const code = refusal(() => look(held))
      expect(round, `afterwards: ${code}`, code === 'ESRCH')
    }
    held.close()
    if (round === 50) before = handles()
  }
  t.same(wrong, [])
  t.equal(counts.whole + counts.gone, rounds)
  t.ok(counts.whole > rounds / 50, `${counts.whole} whole`)
  t.ok(counts.gone > rounds / 2, `${counts.gone} gone`)
  t.ok(counts.reused > 0, `${counts.reused} pids were used again`)
  t.ok(handles() - before < 20, `${handles() - before} HANDLEs more`)
})
