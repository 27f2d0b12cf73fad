import t from 'tap'
import {
  processesIn,
  suspended,
  SystemExtendedProcessInformation,
  ThreadState,
} from '../../../provider/nt/processes.ts'
import { snapshotOf, type ProcessFacts } from '../../fixtures/snapshot.ts'

const base = 0x1d0_0000_0040

const idle: ProcessFacts = { pid: 0, threads: [{ tid: 0 }, { tid: 0 }] }

const system: ProcessFacts = {
  pid: 4,
  name: 'System',
  created: 133_000_000_000_000_000n,
  threads: [{ tid: 8 }, { tid: 12, state: 2 }],
}

const notepad: ProcessFacts = {
  pid: 4242,
  parent: 1000,
  name: 'né\u{1f600}.exe',
  created: 133_000_000_123_456_789n,
  session: 3,
  priority: 13,
  more: [
    [0x08, 8, 0x1_0000_0800n],
    [0x10, 4, 0x1000n],
    [0x28, 8, 0x1_0000_2800n],
    [0x30, 8, 0x1_0000_3000n],
    [0x60, 4, 0x6000n],
    [0x70, 8, 0x200_0000_7000n],
    [0x78, 8, 0x200_0000_7800n],
    [0x80, 4, 0x8000n],
    [0x88, 8, 0x8800n],
    [0x90, 8, 0x9000n],
    [0xb8, 8, 0xb800n],
    [0xc0, 8, 0xc000n],
    [0xc8, 8, 0xc800n],
    [0xd0, 8, 0xd000n],
    [0xd8, 8, 0xd800n],
    [0xe0, 8, 0xe000n],
    [0xe8, 8, 0xe800n],
    [0xf0, 8, 0xf000n],
    [0xf8, 8, 0xf800n],
  ],
  threads: [
    {
      tid: 4244,
      teb: 0x2b_5000n,
      state: 5,
      reason: 12,
      created: 133_000_000_123_456_800n,
      user: 0x1_0000_0008n,
      kernel: 0x1_0000_0001n,
      start: 0x7ff8_0000_2000n,
      win32Start: 0x7ff6_0000_6000n,
      priority: 15,
      base: -2,
    },
  ],
}

const all = [idle, system, notepad]
const good = snapshotOf(all, base)

t.equal(SystemExtendedProcessInformation, 57)

t.test('every field is read where it is', t => {
  const [, , found] = processesIn(good, base)
  t.same(found, {
    pid: 4242,
    parent: 1000,
    created: 133_000_000_123_456_789n,
    name: 'né\u{1f600}.exe',
    session: 3,
    basePriority: 13,
    handles: 0x6000,
    userTime: 0x1_0000_2800,
    kernelTime: 0x1_0000_3000,
    faults: 0x8000,
    hardFaults: 0x1000,
    virtual: 0x200_0000_7800,
    peakVirtual: 0x200_0000_7000,
    workingSet: 0x9000,
    peakWorkingSet: 0x8800,
    privateWorkingSet: 0x1_0000_0800,
    committed: 0xc800,
    threads: [
      {
        tid: 4244,
        teb: 0x2b_5000,
        state: 5,
        waitReason: 12,
        created: 133_000_000_123_456_800n,
        userTime: 0x1_0000_0008,
        kernelTime: 0x1_0000_0001,
        basePriority: -2,
      },
    ],
  })
  t.end()
})

t.test('every process is told, with its threads, in order', t => {
  t.same(
    processesIn(good, base).map(({ pid, name, threads }) => [
      pid,
      name,
      threads.map(({ tid, state }) => [tid, state]),
    ]),
    [
      [
        0,
        '',
        [
          [0, 5],
          [0, 5],
        ],
      ],
      [
        4,
        'System',
        [
          [8, 5],
          [12, ThreadState.Running],
        ],
      ],
      [4242, 'né\u{1f600}.exe', [[4244, 5]]],
    ],
  )
  t.ok(suspended.has(12))
  t.end()
})

t.test('what follows the last one is not looked at', t => {
  const longer = new Uint8Array(good.length + 4096).fill(0xff)
  longer.set(good)
  t.equal(processesIn(longer, base).length, 3)
  t.end()
})

t.test('half of a surrogate pair in a name is no byte', t => {
  const [found] = processesIn(
    snapshotOf([{ pid: 8, name: 'a\udc80b' }], base),
    base,
  )
  t.equal(found?.name, 'a\ufffdb')
  t.end()
})

t.test('a snapshot that tells of what is not in it is an error', t => {
  const next = new DataView(good.buffer).getUint32(0, true)
  const table: readonly (readonly [string, number, 4 | 8, bigint])[] = [
    ['an entry inside of another', 0, 4, 1n],
    ['an entry at the end', 0, 4, BigInt(good.length)],
    ['an entry beyond', 0, 4, BigInt(good.length + 8)],
    ['an entry far beyond', 0, 4, 0xffff_ffffn],
    ['an entry that cannot be whole', 0, 4, BigInt(good.length - 0x80)],
    ['more threads than fit', 4, 4, 3n],
    ['threads without end', 4, 4, 0xffff_ffffn],
    ['a name before it', next + 0x40, 8, BigInt(base - 2)],
    ['a name beyond', next + 0x40, 8, BigInt(base + good.length - 2)],
    ['a name nowhere', next + 0x40, 8, 0xffff_ffff_ffff_fffen],
  ]
  for (const [name, at, bytes, value] of table) {
    const bad = good.slice()
    const view = new DataView(bad.buffer)
    if (bytes === 4) view.setUint32(at, Number(value), true)
    else view.setBigUint64(at, value, true)
    t.throws(() => processesIn(bad, base), { code: 'EIO' }, name)
  }
  t.throws(() => processesIn(new Uint8Array(), base), { code: 'EIO' })
  t.throws(() => processesIn(new Uint8Array(0xff), base), { code: 'EIO' })
  t.end()
})

t.test('cut anywhere, it is whole or an error', t => {
  for (let length = 0; length < good.length; length += 7) {
    let found: unknown
    try {
      found = processesIn(good.subarray(0, length), base).length
    } catch (thrown) {
      found = (thrown as { code: unknown }).code
    }
    // the last name ends before the padding does
    t.ok(found === 'EIO' || (found === 3 && good.length - length < 16))
  }
  t.end()
})
