/** How often Windows is asked for the maps of a process: what it costs. */
import t from 'tap'
import type { Ntdll } from '../../../provider/windows/ntdll.ts'
import { Snapshots } from '../../../provider/windows/snapshot.ts'
import { WindowsSystem } from '../../../provider/windows/system.ts'
import { findNoModule } from '../../fixtures/kernel32.ts'
import { fakeNtdll } from '../../fixtures/ntdll.ts'
import { mapsOf } from '../../rig/wine/inner.ts'

const page = 0x1000
const first = 0x10_0000
const InvalidParameter = 0xc000000d | 0

findNoModule()

interface Scripted {
  readonly at: number
  readonly end: number
  readonly base: number
  /** 0x10000 is free. */
  readonly state: number
  readonly protect: number
  readonly type: number
}

/**
 * Allocations one behind the other, every second one mapped, each of so many
 * regions of a page, which alternate; the rest is free.
 */
const scripted = (allocations: number, each: number): readonly Scripted[] => {
  const free = { base: 0, state: 0x1_0000, protect: 1, type: 0 }
  const regions: Scripted[] = [{ at: 0, end: first, ...free }]
  for (let count = 0; count < allocations; count++) {
    const base = first + count * each * page
    const type = count % 2 === 0 ? 0x2_0000 : 0x4_0000
    for (let at = base; at < base + each * page; at += page)
      regions.push({
        at,
        end: at + page,
        base,
        state: 0x1000,
        protect: (at / page) % 2 === 0 ? 0x04 : 0x02,
        type,
      })
  }
  const end = first + allocations * each * page
  return [...regions, { at: end, end: 2 ** 47, ...free }]
}

/** Calls for one maps, by their names. */
const callsFor = (
  regions: readonly Scripted[],
): { calls: Readonly<Record<string, number>>; lines: number } => {
  const calls: Record<string, number> = { fileAt: 0 }
  const starts = new Map(regions.map(region => [region.at, region]))
  const fake = fakeNtdll([
    { pid: 320, name: 'many.exe', created: 1n, peb: BigInt(first) },
  ])
  const answers: Ntdll = {
    ...fake.ntdll,
    NtQueryVirtualMemory: (_, address, kind, bytes) => {
      const region = starts.get(address)
      if (kind !== 0 || bytes === null) throw new Error(`class ${kind}`)
      if (region === undefined) return InvalidParameter
      const { base, state, protect, type, end } = region
      const view = new DataView(bytes.buffer, bytes.byteOffset)
      view.setBigUint64(0, BigInt(address), true)
      view.setBigUint64(8, BigInt(base), true)
      view.setBigUint64(24, BigInt(end - address), true)
      view.setUint32(32, state, true)
      view.setUint32(36, protect, true)
      view.setUint32(40, type, true)
      return 0
    },
    NtReadVirtualMemory: (_, _address, bytes) => {
      bytes?.fill(0)
      return 0
    },
  }
  const counted = Object.fromEntries(
    Object.entries(answers).map(([name, call]) => [
      name,
      (...values: never[]) => {
        calls[name] = (calls[name] ?? 0) + 1
        return (call as (...values: never[]) => unknown)(...values)
      },
    ]),
  ) as unknown as Ntdll
  const machine = {
    ntdll: counted,
    snapshots: new Snapshots({ query: counted.NtQuerySystemInformation }),
    fileAt: () => {
      calls['fileAt'] = Number(calls['fileAt']) + 1
      return { name: 'C:\\file' }
    },
    pathOf: (path: string) => path,
  }
  const process = new WindowsSystem(machine, true).process(320)
  const lines = mapsOf(process).split('\n').length - 1
  process.close()
  return { calls, lines }
}

t.test('a region is asked for once, a mapped allocation named once', t => {
  for (const [allocations, each] of [
    [40, 10],
    [40, 125],
    [400, 10],
  ] as const) {
    const regions = scripted(allocations, each)
    const { calls, lines } = callsFor(regions)
    t.equal(lines, allocations * each)
    t.equal(calls['fileAt'], allocations / 2)
    const { NtReadVirtualMemory: reads = 0 } = calls
    t.ok(reads > 0 && reads <= allocations / 2 + 2, `${reads} reads`)
    // one more is told that there are none; each page, that it can be read
    t.equal(calls['NtQueryVirtualMemory'], regions.length + 1 + reads)
  }
  t.end()
})

t.test('what else is asked does not depend on regions', t => {
  const others = (regions: readonly Scripted[]) => {
    const { NtQueryVirtualMemory: _query, ...calls } = callsFor(regions).calls
    return calls
  }
  const few = others(scripted(40, 10))
  t.same(others(scripted(40, 125)), few)
  const { NtReadVirtualMemory: _read, fileAt: _file, ...rest } = few
  const sum = Object.values(rest).reduce((total, count) => total + count, 0)
  t.ok(sum < 30, `${sum} calls`)
  t.end()
})
