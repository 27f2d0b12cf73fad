import t from 'tap'
import type { Process } from '../../../provider/contract.ts'
import { openDump } from '../../../provider/minidump/directory.ts'
import { Facts } from '../../../provider/minidump/facts.ts'
import { DumpSystem } from '../../../provider/minidump/system.ts'
import { dumpOf, sample, sourceOf, type Dumped } from '../../fixtures/dump.ts'

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
