import t from 'tap'
import type { Provider, Region } from '../../provider/contract.ts'
import { Errno } from '../../provider/errno.ts'
import { region } from '../fixtures/regions.ts'
import { open, system } from '../fixtures/provider.ts'
import type { ProcessFacts } from '../fixtures/facts.ts'
import {
  aboutIdentity,
  aboutRights,
  aboutThreads,
} from '../rig/about/identity.ts'
import {
  aboutMemory,
  aboutRegions,
  aboutSpans,
  aboutWalks,
} from '../rig/about/space.ts'
import { aboutNames, aboutTexts } from '../rig/about/texts.ts'
import { inspect, told, type About } from '../rig/told.ts'
import { conformance } from './provider.ts'

conformance(t, 'fixture', open satisfies Provider['open'])

t.test('a handle never shows the next owner of a pid', t => {
  const living = system({ processes: [{ pid: 1, start: 5n, comm: 'old' }] })
  const old = living.process(1)
  t.equal(old.comm?.(), 'old')
  living.end(1)
  t.throws(() => living.process(1), { code: 'ESRCH' })
  living.begin({ pid: 1, start: 6n, comm: 'new' })
  t.throws(() => old.verify(), { code: 'ESRCH' })
  t.throws(() => old.comm?.(), { code: 'ESRCH' })
  t.throws(() => living.process(1, 5n), { code: 'ESRCH' })
  t.equal(living.process(1, 6n).comm?.(), 'new')
  t.end()
})

t.test('nothing is told after close', t => {
  const process = system({ processes: [{ pid: 1 }] }).process(1)
  process.close()
  t.throws(() => process.verify(), { code: 'EBADF' })
  t.throws(() => process.tids(), { code: 'EBADF' })
  t.throws(() => [...process.regions()], { code: 'EBADF' })
  t.end()
})

t.test('a fact can be made at every call', t => {
  let calls = 0
  const process = system({
    processes: [{ pid: 1, comm: () => `call ${++calls}` }],
  }).process(1)
  t.same([process.comm?.(), process.comm?.()], ['call 1', 'call 2'])
  t.end()
})

const patch = (start: number, ...bytes: number[]) => ({
  at: start,
  bytes: Uint8Array.from(bytes),
})

t.test('memory is told to the next hole', t => {
  const process = system({
    processes: [
      { pid: 1, memory: [patch(16, 1, 2), patch(18, 3), patch(20, 4)] },
    ],
  }).process(1)
  t.same([...process.read(16, 8)], [1, 2, 3])
  t.same([...process.read(17, 1)], [2])
  t.same([...process.read(20, 8)], [4])
  t.same([...process.read(15, 8)], [])
  t.same([...process.read(19, 8)], [])
  t.end()
})

function* endless(): Generator<Region> {
  for (let at = 0x1000; ; at += 0x1000) yield region(at, at + 0x1000)
}

/** A fault, and the inspection that is to find it. */
const faults: readonly (readonly [string, Partial<ProcessFacts>, About])[] = [
  [
    'a region that is no page',
    { regions: [region(0x1001, 0x2000)] },
    aboutRegions,
  ],
  [
    'a region that ends before it starts',
    { regions: [region(0x2000, 0x1000)] },
    aboutRegions,
  ],
  [
    'regions that overlap',
    { regions: [region(0x1000, 0x3000), region(0x2000, 0x4000)] },
    aboutRegions,
  ],
  [
    'an allocation that begins within its region',
    { regions: [region(0x1000, 0x3000, { base: 0x2000 })] },
    aboutRegions,
  ],
  [
    'an access of what is reserved',
    { regions: [region(0x1000, 0x2000, { state: 'reserve' })] },
    aboutRegions,
  ],
  [
    'an access that is none',
    { regions: [region(0x1000, 0x2000, { access: 32 })] },
    aboutRegions,
  ],
  [
    'a walk that goes on where another stopped',
    { regions: endless() },
    aboutWalks,
  ],
  [
    'a span of a kind without a label',
    { spans: [{ kind: 'unheard-of', start: 0, end: 1 }] },
    aboutSpans,
  ],
  [
    'a span without length',
    { spans: [{ kind: 'stack', start: 1, end: 1, id: 1 }] },
    aboutSpans,
  ],
  [
    'a read past the end of what is mapped',
    {
      regions: [region(0x1000, 0x2000)],
      memory: [{ at: 0x1ff0, bytes: new Uint8Array(32) }],
    },
    aboutMemory,
  ],
  ['no thread', { threads: [] }, aboutThreads(system({}))],
  [
    'threads in disorder',
    { threads: [{ tid: 2 }, { tid: 1 }] },
    aboutThreads(system({})),
  ],
  ['an owner without ids', { owner: { uid: -1, gid: 0 } }, aboutRights],
  [
    'a process that a stranger may read',
    { owner: { uid: 0xffff_fffe, gid: 0xffff_fffe } },
    aboutRights,
  ],
  ['two names', { comm: 'a\nb', status: { Name: 'a\\nb' } }, aboutNames],
  ['another pid', { stat: { pid: 2, comm: '', state: 'S' } }, aboutNames],
  [
    'a state of two letters',
    { stat: { pid: 1, comm: '', state: 'Ss' } },
    aboutTexts,
  ],
  [
    'a fraction in stat',
    { stat: { pid: 1, comm: '', state: 'S', rss: 0.5 } },
    aboutTexts,
  ],
]

t.test('the inspections find what is wrong', t => {
  for (const [name, facts, about] of faults) {
    const sick = system({ processes: [{ pid: 1, ...facts }] })
    const { looked, complaints } = inspect(sick, about)
    t.equal(looked, 1, name)
    t.not(complaints.length, 0, name)
  }
  t.end()
})

t.test('a start that changes is found out', t => {
  const sick = system({ processes: [{ pid: 1 }] })
  const deaf = { ...sick, process: (pid: number) => sick.process(pid) }
  t.same(inspect(deaf, aboutIdentity(deaf)).complaints, [
    '1: with another start it is no other',
  ])
  t.end()
})

t.test('a refusal is no fault, and nothing was looked at', t => {
  const refusing = system({
    processes: [
      {
        pid: 1,
        regions: () => {
          throw new Errno('EACCES')
        },
      },
    ],
  })
  t.same(inspect(refusing, aboutRegions), { looked: 0, complaints: [] })
  t.throws(() => told(() => (undefined as unknown as string).length), TypeError)
  t.end()
})
