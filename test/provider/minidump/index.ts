import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import t from 'tap'
import type { Process, Region } from '../../../provider/contract.ts'
import { openDump } from '../../../provider/minidump/directory.ts'
import { Facts } from '../../../provider/minidump/facts.ts'
import { open } from '../../../provider/minidump/index.ts'
import type { Module } from '../../../provider/minidump/modules.ts'
import { rangesOf, type Range } from '../../../provider/minidump/ranges.ts'
import { dumpOf, sample, sourceOf } from '../../fixtures/dump.ts'
import {
  badDumps,
  expectedOf,
  ofRealDumps,
  realDumps,
} from '../../rig/dumps.ts'
import { figure } from '../../gate/figures.ts'
import { refusal } from '../../rig/told.ts'
import { access } from '../../fixtures/regions.ts'

const uid = process.geteuid?.() ?? 0
const gid = process.getegid?.() ?? 0

const opened = (file: string, look: (process: Process) => void): void => {
  const system = open({ spans: false, file })
  try {
    look(system.process(Number(system.pids()[0])))
  } finally {
    system.close?.()
  }
}

t.test('a file is opened, read and closed', t => {
  const file = `${t.testdir({ 'app.dmp': dumpOf(sample) })}/app.dmp`
  const system = open({ spans: false, file })
  const process = system.process(4242)
  t.same(process.owner(), { uid: uid, gid: gid })
  t.equal(process.comm?.(), 'app.exe')
  t.same(
    [...process.read(0x40_0ffe, 8)].join(),
    '77,77,195,195,195,195,195,195',
  )
  system.close?.()
  system.close?.()
  t.throws(() => process.read(0x40_0000, 8), { code: 'EBADF' })
  t.end()
})

t.test('a file that is no dump is refused and closed', t => {
  const folder = t.testdir({ 'text.dmp': 'hello, world' })
  const file = `${folder}/text.dmp`
  for (let tries = 0; tries < 2000; tries++)
    t.equal(
      refusal(() => open({ spans: false, file })),
      'EINVAL',
    )
  t.throws(() => open({ spans: false, file: `${folder}/gone.dmp` }), {
    code: 'ENOENT',
  })
  t.end()
})

t.test('a folder is a system of its dumps', t => {
  const other = dumpOf({ ...sample, misc: [3, 96, 7] })
  const folder = t.testdir({
    'a.dmp': dumpOf(sample),
    'b.DMP': other,
    'bad.dmp': 'hello, world',
    'notes.txt': '',
    'within.dmp': {},
  })
  const system = open({ spans: false, file: folder })
  t.same(system.pids(), [96, 4242])
  t.equal(system.self?.(), undefined)
  t.match(
    [...(system.notes?.() ?? [])],
    [/bad\.dmp: not a minidump/, /within\.dmp: not a regular file/],
  )
  system.close?.()
  t.throws(() => system.process(96).read(0x40_0000, 8), { code: 'EBADF' })
  t.end()
})

t.test('a folder without a dump is ENOENT, and tells why', t => {
  const file = t.testdir({ 'bad.dmp': 'hello, world' })
  t.throws(() => open({ spans: false, file }), {
    code: 'ENOENT',
    message: /no minidump in this folder; .*bad\.dmp: not a minidump/,
  })
  const empty = t.testdir({})
  t.throws(() => open({ spans: false, file: empty }), { code: 'ENOENT' })
  t.end()
})

t.test('more dumps than are held open are EFBIG', t => {
  const many = Array.from({ length: 513 }, (_, at) => [`${at}.dmp`, ''])
  const file = t.testdir(Object.fromEntries(many) as Record<string, string>)
  t.throws(() => open({ spans: false, file }), { code: 'EFBIG' })
  t.end()
})

/** What of ranges and modules no region covers, in its place. */
const missed = (
  regions: readonly Region[],
  ranges: readonly Range[],
  modules: readonly Module[],
): string[] => {
  const covers = (start: number, end: number, name?: string): boolean => {
    let at = start
    for (const region of regions)
      if (region.start <= at && region.end > at)
        if (name === undefined || region.name === name) at = region.end
    return at >= end
  }
  return [
    ...ranges
      .filter(({ start, length }) => !covers(start, start + length))
      .map(({ start }) => `range ${start.toString(16)}`),
    ...modules
      .filter(({ base, end, name }) => !covers(base, end, name))
      .map(({ name }) => name),
  ]
}

/** Protect as the region's access, by the words of winnt.h. */
const words: Readonly<Record<number, string>> = {
  0x0: '',
  0x1: '',
  0x2: 'r',
  0x4: 'rw',
  0x8: 'rc',
  0x10: 'x',
  0x20: 'rx',
  0x40: 'rwx',
  0x80: 'rcx',
  0x104: 'rwg',
}

const states = { commit: 0x1000, reserve: 0x2000, free: 0x1_0000 }
const types = { private: 0x2_0000, mapped: 0x4_0000, image: 0x100_0000 }

t.test('real dumps tell what others read in them', ofRealDumps, t => {
  t.ok(realDumps.length >= 14)
  let read = 0
  for (const file of realDumps) {
    const expected = expectedOf(file)
    t.test(basename(file), t => {
      const whole = readFileSync(file)
      const dump = openDump(sourceOf(whole))
      const facts = new Facts(dump)
      t.same(
        facts.modules().map(({ base, end, name }) => [base, end - base, name]),
        expected.modules.map(({ base, size, path }) => [
          Number(base),
          Number(size),
          path,
        ]),
        'modules',
      )
      const ranges = rangesOf(dump).flatMap(({ ranges }) => [...ranges])
      t.same(
        [ranges.length, ranges.reduce((sum, { length }) => sum + length, 0)],
        [expected.memoryRanges.count, expected.memoryRanges.bytes],
        'ranges of memory',
      )
      opened(file, process => {
        t.equal(process.pid, expected.pid)
        t.equal(process.start, BigInt(expected.misc.ctime))
        t.equal(process.exe?.(), expected.modules[0]?.path)
        t.same(
          process.tids(),
          expected.threads.map(({ tid }) => tid).toSorted((a, b) => a - b),
        )
        for (const { start, length, at } of ranges)
          t.ok(
            whole.subarray(at, at + length).equals(process.read(start, length)),
            `${length} bytes at ${start.toString(16)} from ${at}`,
          )
        if (expected.regions === null) {
          t.same(
            missed([...process.regions()], ranges, facts.modules()),
            [],
            'what is put together has all that is known',
          )
          return
        }
        const told = [...process.regions()].map((region: Region) => [
          region.start,
          region.end - region.start,
          region.state === 'free' ? 0 : region.base,
          states[region.state],
          region.access,
          region.state === 'free' ? 0 : types[region.type],
          region.name ?? null,
        ])
        t.same(
          told,
          expected.regions.map(
            ([base, size, allocation, , state, protect, type, , name]) => [
              Number(base),
              Number(size),
              Number(allocation),
              Number(state),
              Number(state) === states.commit
                ? access(words[Number(protect)] ?? 'unknown')
                : 0,
              Number(type),
              name,
            ],
          ),
          'regions',
        )
      })
      if (t.passing()) read++
      t.end()
    })
  }
  t.comment(
    figure(`${read} of ${realDumps.length} real dumps as others read them`),
  )
  t.end()
})

t.test('the bytes of a real dump are where they were', ofRealDumps, t => {
  const carved = realDumps.find(file => file.includes('fullmem.carved')) ?? ''
  opened(carved, process => {
    // _HEAP.Signature of both architectures, where the heaps are
    const signature = (heap: number, at: number): string =>
      Buffer.from(process.read(heap + at, 4)).toString('hex')
    t.equal(signature(0x50_0000, 0xa0), 'ffeeffee')
    t.equal(signature(0x70_0000, 0x64), 'ffeeffee')
    t.equal(process.read(0x7efd_f000, 0x10_0000).length > 0x1000, true)
    t.equal(process.read(0x0, 16).length, 0)
  })
  t.end()
})

t.test('what is no dump of a process tells what it is', ofRealDumps, t => {
  const messages: readonly (readonly [RegExp, string, RegExp])[] = [
    [/fuzz-/, 'EIO', /its directory cannot be at bytes \d+ to \d+ of \d+$/],
    [/invalid-range/, 'EIO', /its directory cannot be at bytes 2 to 50 of 276/],
    [/kernel-/, 'EINVAL', /a dump of the kernel, of no process/],
    [/linux-/, 'EINVAL', /a dump of Linux .*, not of Windows/],
    [/macos-/, 'EINVAL', /a dump of macOS .*, not of Windows/],
  ]
  t.equal(badDumps.length, 11)
  for (const file of badDumps) {
    const row = messages.find(([name]) => name.test(file))
    const [, code, message] = row ?? [file, 'no', /row/]
    t.throws(() => open({ spans: false, file }), { code, message }, file)
  }
  t.end()
})
