import t from 'tap'
import { Snapshots } from '../../../provider/windows/snapshot.ts'
import { WindowsSystem } from '../../../provider/windows/system.ts'
import { findNoModule } from '../../fixtures/kernel32.ts'
import { fakeNtdll, memoryBase, type Faked } from '../../fixtures/ntdll.ts'

findNoModule()

const notepad: Faked = {
  pid: 320,
  name: 'notepad.exe',
  created: 2_000_000_000n,
  peb: BigInt(memoryBase),
  pages: [0x04, 0x04, 0x04],
}

const rig = () => {
  const fake = fakeNtdll([notepad])
  const { ntdll } = fake
  const machine = {
    ntdll,
    snapshots: new Snapshots({ query: ntdll.NtQuerySystemInformation }),
    fileAt: () => undefined,
    pathOf: (ntPath: string) => ntPath,
  }
  return { fake, process: new WindowsSystem(machine, true).process(320) }
}

t.test('a PEB is named, and its page read', async t => {
  const { fake, process } = rig()
  const spans = [...(process.spans?.([...process.regions()]) ?? [])]
  t.match(
    spans.filter(({ kind }) => kind === 'peb'),
    [{ start: memoryBase, end: memoryBase + 0x1000 }],
  )
  t.same(fake.strays, [])
  process.close()
})

t.test('what became a guard page after the walk is not touched', async t => {
  for (const protect of [0x104, 0x01, 0]) {
    const { fake, process } = rig()
    const regions = [...process.regions()]
    const pages = [protect, protect, protect]
    fake.processes = [{ ...notepad, pages }]
    process.spans?.(regions)
    t.same(fake.strays, [], protect.toString(16))
    process.close()
  }
})
