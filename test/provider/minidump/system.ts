import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import { Facts } from '../../../provider/minidump/facts.ts'
import { DumpSystem } from '../../../provider/minidump/system.ts'
import { dumpOf, sample, sourceOf, type Dumped } from '../../fixtures/dump.ts'

const { regions, ...unlisted } = sample

const systemOf = (...dumps: readonly Dumped[]): DumpSystem =>
  new DumpSystem(
    dumps.map(dumped => new Facts(openDump(sourceOf(dumpOf(dumped))))),
    { uid: 0, gid: 0 },
    () => undefined,
    { spans: false, complaints: ['first'] },
  )

const ofPid = (pid: number, start = 7): Dumped => ({
  ...sample,
  misc: [3, pid, start],
})

t.test('dumps of one pid are as many processes, the first with its own', t => {
  const system = systemOf(ofPid(8, 1), ofPid(8, 2), ofPid(9, 3), ofPid(8, 4))
  t.same(system.pids(), [8, 9, 10, 11])
  t.same(
    system.pids().map(pid => system.process(pid).start),
    [1n, 3n, 2n, 4n],
  )
  const other = system.process(10)
  t.equal(other.stat?.().pid, 10)
  t.match(other.status?.(), { Tgid: '10', Pid: '10' })
  t.match(other.thread(4244).status?.(), { Tgid: '10', Pid: '4244' })
  t.match(
    [...system.notes()],
    [
      'first',
      /x\.dmp: of process 8 as another, here 10/,
      /of process 8 as another, here 11/,
    ],
  )
  t.end()
})

t.test('the last pids go round', t => {
  const last = 0xffff_ffff
  t.same(systemOf(ofPid(last), ofPid(last)).pids(), [1, last])
  t.end()
})

t.test('self is the one process, and of several none', t => {
  t.equal(systemOf(ofPid(8)).self(), 8)
  t.equal(systemOf(ofPid(8), ofPid(12)).self(), undefined)
  t.end()
})

t.test('regions that are put together are told as such', t => {
  const system = systemOf(unlisted)
  t.match([...system.notes()], ['first', /no MemoryInfoList: maps is put toge/])
  const process = system.process(4242)
  t.match(process.status?.(), { DumpedRegions: 'put together' })
  t.same(
    [...process.regions()].map(({ start, name }) => [start, name]),
    [
      [0x2_f000, undefined],
      [0x3_f000, undefined],
      [0x40_0000, 'C:\\Program Files\\a\\app.exe'],
      [0x7ff8_0000_0000, 'C:\\Windows\\System32\\ntdll.dll'],
    ],
  )
  t.same([...systemOf(sample).notes()], ['first'])
  t.match(systemOf(sample).process(4242).status?.(), {
    DumpedRegions: 'recorded',
  })
  t.equal(regions?.length, 11)
  t.end()
})

t.test('numbers of a process are of its regions and streams', t => {
  const process = systemOf(sample).process(4242)
  t.match(process.stat?.(), {
    pid: 4242,
    comm: 'app.exe',
    state: 'T',
    num_threads: 2,
    vsize: 0x2_0000 + 0x3000 + 0x2000 + 0x2000,
    startcode: 0x40_0000,
    endcode: 0x40_3000,
  })
  t.same(process.statm?.(), {
    size: 0x27,
    resident: 0,
    shared: 0,
    text: 3,
    data: 0x12,
  })
  t.match(process.status?.(), { Name: 'app.exe', VmSize: '156', Threads: '2' })
  t.end()
})

t.test('the version is system’s own where all dumps are of one', t => {
  t.equal(systemOf(sample).version(), 'Windows_NT version 10.0.26100 x64')
  const x86 = { ...ofPid(8), system: { architecture: 0 } }
  t.equal(systemOf(sample, x86).version(), 'various')
  t.end()
})

/** A dump whose SystemInfo has a CSDVersion, at its end. */
const withServicePack = (text: string): Buffer => {
  const whole = dumpOf(sample)
  const directory = whole.readUInt32LE(12)
  const entry = Array.from({ length: whole.readUInt32LE(8) }, (_, at) =>
    whole.subarray(directory + 12 * at),
  ).find(bytes => bytes.readUInt32LE(0) === 7) as Buffer
  whole.writeUInt32LE(whole.length, entry.readUInt32LE(8) + 24)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(2 * text.length)
  return Buffer.concat([whole, length, Buffer.from(text, 'utf16le')])
}

t.test('a service pack of several lines is told by its first', t => {
  const table = [
    ['Service Pack 1', ' Service Pack 1'],
    ['Service Pack 1\nProcesses:\t7', ' Service Pack 1'],
    ['\nx', ''],
    ['', ''],
  ] as const
  for (const [text, told] of table) {
    const facts = new Facts(openDump(sourceOf(withServicePack(text))))
    t.equal(facts.identity.servicePack, text)
    const nothing = (): undefined => undefined
    const system = new DumpSystem([facts], { uid: 0, gid: 0 }, nothing)
    t.equal(system.version(), `Windows_NT version 10.0.26100${told} x64`)
  }
  t.end()
})
