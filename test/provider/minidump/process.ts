import t from 'tap'
import type { Process } from '../../../provider/contract.ts'
import { openDump } from '../../../provider/minidump/directory.ts'
import { Facts } from '../../../provider/minidump/facts.ts'
import { DumpSystem } from '../../../provider/minidump/system.ts'
import {
  dumpOf,
  long,
  sample,
  sourceOf,
  string,
  words,
  type Dumped,
  type Made,
} from '../../fixtures/dump.ts'

const opener = { uid: 1000, gid: 100 }

const systemOf = (dumped: Dumped): DumpSystem =>
  new DumpSystem(
    [new Facts(openDump(sourceOf(dumpOf(dumped))))],
    opener,
    () => undefined,
  )

const processOf = (dumped: Dumped): Process => {
  const system = systemOf(dumped)
  return system.process(Number(system.pids()[0]))
}

const { threads, modules, ...rest } = sample
const { system, misc } = sample
const bare: Dumped = { ...(system && { system }), ...(misc && { misc }) }

t.test('the system has the one process that was dumped', t => {
  const system = systemOf(sample)
  t.same(system.pids(), [4242])
  const start = 1_700_000_000n
  t.equal(system.process(4242).start, start)
  t.equal(system.process(4242, start).pid, 4242)
  t.throws(() => system.process(4242, start + 1n), { code: 'ESRCH' })
  t.throws(() => system.process(4243), { code: 'ESRCH' })
  t.end()
})

t.test('threads are told by their ids, ascending, each once', t => {
  const system = systemOf({
    ...sample,
    threads: [...(threads ?? []), { tid: 4248 }],
  })
  const process = system.process(4242)
  t.same(process.tids(), [4244, 4248])
  t.equal(process.thread(4248).tid, 4248)
  t.throws(() => process.thread(4242), { code: 'ESRCH' })
  t.equal(system.leader(4244), 4242)
  t.equal(system.leader(4242), undefined, 'a pid is the number of no thread')
  process.tids().pop()
  t.same(process.tids(), [4244, 4248], 'a list of its own for each who asks')
  t.end()
})

t.test('the program is the first module', t => {
  const process = processOf(sample)
  t.equal(process.exe?.(), 'C:\\Program Files\\a\\app.exe')
  t.equal(process.comm?.(), 'app.exe')
  t.equal(process.thread(4244).comm?.(), 'app.exe')
  for (const [name, comm] of [
    ['\\\\server\\share\\x.exe', 'x.exe'],
    ['C:/a/b.exe', 'b.exe'],
    ['C:\\a\nb\\c\nd.exe', 'c\nd.exe'],
    ['plain', 'plain'],
  ] as const)
    t.equal(
      processOf({ ...bare, modules: [{ base: 0, size: 1, name }] }).comm?.(),
      comm,
    )
  t.end()
})

t.test('images have the names of modules, all else has none', t => {
  const named = [...processOf(sample).regions()].filter(({ name }) => name)
  t.same(
    named.map(({ start, name }) => [start, name]),
    [
      [0x40_0000, 'C:\\Program Files\\a\\app.exe'],
      [0x40_1000, 'C:\\Program Files\\a\\app.exe'],
      [0x40_2000, 'C:\\Program Files\\a\\app.exe'],
      [0x7ff8_0000_0000, 'C:\\Windows\\System32\\ntdll.dll'],
    ],
  )
  t.end()
})

t.test('a program without a name is EIO', t => {
  const message = /ModuleList: its first has no name/
  for (const modules of [[], [{ base: 0, size: 1, name: '' }]]) {
    const process = processOf({ ...bare, modules })
    t.throws(() => process.comm?.(), { code: 'EIO', message })
    t.throws(() => process.exe?.(), { code: 'EIO', message })
  }
  t.end()
})

t.test('what a dump does not have is not told', t => {
  const system = systemOf(bare)
  const process = system.process(4242)
  t.equal(process.comm, undefined)
  t.equal(process.exe, undefined)
  t.equal(system.leader(4244), undefined)
  t.throws(() => process.tids(), { code: 'EIO', message: /no ThreadList/ })
  t.throws(() => [...process.regions()], {
    code: 'EIO',
    message:
      /no MemoryInfoList stream \(16\), which MiniDumpWithFullMemoryInfo/,
  })
  t.same(process.read(0x1000, 16), new Uint8Array())
  const nameless = processOf({ ...rest })
  t.ok([...nameless.regions()].every(({ name }) => name === undefined))
  t.end()
})

t.test('what it holds is for root and for who opened it', t => {
  const process = processOf(sample)
  t.same(process.owner(), opener)
  const table = [
    [0, 'read', true],
    [1000, 'read', true],
    [1000, 'dup', true],
    [1001, 'read', false],
    [1001, 'dup', false],
    [1001, 'limited', true],
    [1001, 'none', true],
  ] as const
  for (const [uid, right, allowed] of table)
    t.equal(process.may({ uid, gid: 100, tid: 1 }, right), allowed)
  t.end()
})

t.test('a stream that is wrong spoils no other fact', t => {
  const process = processOf({
    ...bare,
    modules: modules ?? [],
    others: [[3, new Uint8Array(2)]],
  })
  t.equal(process.comm?.(), 'app.exe')
  t.throws(() => process.tids(), { code: 'EIO', message: /ThreadList: 2 b/ })
  t.throws(() => process.tids(), { code: 'EIO' }, 'told again')
  t.end()
})

/** HandleData: handle, type, name, access. */
const handles =
  (rows: readonly (readonly [number, string, string, number])[]): Made =>
  put =>
    Buffer.concat([
      words(16, 32, rows.length, 0),
      ...rows.map(([handle, type, name, access]) =>
        Buffer.concat([
          long(handle),
          words(
            type === '' ? 0 : put(string(type)),
            name === '' ? 0 : put(string(name)),
            0,
            access,
            1,
            1,
          ),
        ]),
      ),
    ])

t.test('handles are the files that it has open', t => {
  const rows = [
    [72, 'File', '\\Device\\HarddiskVolume3\\a b', 0x12_0089, '', 1],
    [76, 'File', 'C:\\x', 0x2, '', 2],
    [80, 'File', '', 0x12_019f, 'File:[80]', 3],
    [84, 'File', '../../etc/passwd', 0, 'File:[../../etc/passwd]', 0],
    [88, 'File', '/etc/passwd', 4, 'File:[/etc/passwd]', 2],
    [4, 'Event', '', 0x1f_0003, 'Event:[4]', 3],
    [8, 'Key', '\\REGISTRY\\MACHINE', 0, 'Key:[\\REGISTRY\\MACHINE]', 3],
    [12, '', '', 0, 'Handle:[12]', 3],
  ] as const
  const stream = handles(
    rows.map(([handle, type, name, access]) => [handle, type, name, access]),
  )
  const process = processOf({ ...sample, others: [[12, stream]] })
  t.same(process.fds?.(), [4, 8, 12, 72, 76, 80, 84, 88])
  for (const task of [process, process.thread(4244)])
    for (const [handle, , name, , target, access] of rows)
      t.same(task.fd?.(handle), { target: target || name, access })
  t.throws(() => process.fd?.(16), { code: 'ENOENT' })
  t.equal(process.fdinfo, undefined)
  t.end()
})

t.test('a dump without handles tells what would have recorded them', t => {
  const process = processOf(sample)
  for (const ask of [() => process.fds?.(), () => process.fd?.(4)])
    t.throws(ask, {
      code: 'EIO',
      message: /which MiniDumpWithHandleData would/,
    })
  t.end()
})

t.test('why an address has nothing, by what the dump records', t => {
  const memory = [{ at: 0x1000, bytes: Buffer.alloc(16) }]
  t.match(
    processOf({ ...bare, memory }).unread?.(0x2000n),
    /0x2000; MiniDumpWithFullMemory would/,
  )
  t.match(
    processOf({ ...bare, memory64: memory }).unread?.(2n ** 64n - 1n),
    /0xffffffffffffffff; MiniDumpWithFullMemory would/,
  )
  t.match(
    processOf(bare).unread?.(0n),
    /0x0: no Memory64List stream \(9\), which MiniDumpWithFullMemory would/,
  )
  t.end()
})

t.test('threads tell when they began, and which had ended', t => {
  /** Seconds after the process began, as FILETIME. */
  const after = (seconds: number): bigint =>
    (1_700_000_000n + 11_644_473_600n) * 10_000_000n +
    BigInt(seconds * 10_000_000)
  const info = (tid: number, created: bigint, exited: bigint): Buffer => {
    const times = Buffer.alloc(48)
    times.writeBigUInt64LE(created, 0)
    times.writeBigUInt64LE(exited, 8)
    times.writeBigUInt64LE(12_300_000n, 16)
    times.writeBigUInt64LE(45_600_000n, 24)
    return Buffer.concat([words(tid, 0, 0, 259), times])
  }
  const ids = [4244, 4248, 4252, 4256]
  const infos = Buffer.concat([
    words(12, 64, 3),
    info(4244, after(-0.5), 0n),
    info(4248, after(2.5), 0n),
    info(4252, after(60), after(61)),
  ])
  const threads = ids.map(tid => ({ tid }))
  const dumped = { ...sample, threads, others: [[17, infos]] } as const
  const process = processOf(dumped)
  t.same(
    ids.map(tid => {
      const { starttime, state, stime, utime } =
        process.thread(tid).stat?.() ?? {}
      return [Number(starttime), state, stime, utime]
    }),
    [
      [0, 'T', 123, 456],
      [250, 'T', 123, 456],
      [6000, 'Z', 123, 456],
      [0, 'T', 0, 0],
    ],
  )
  t.equal(process.stat?.().starttime, 0)
  t.equal(process.stat?.().state, 'T')
  const timeless = processOf({ ...dumped, misc: [1, 4242, 0] })
  t.equal(
    Number(timeless.thread(4248).stat?.().starttime),
    (1_700_000_002.5 - 0x6000_0000) * 100,
    'since the dump was written, where no process tells when it began',
  )
  t.end()
})
