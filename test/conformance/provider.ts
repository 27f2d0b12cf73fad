import type { Test } from 'tap'
import { systemDocuments } from '../../fs/document/index.ts'
import type { Provider, System } from '../../provider/contract.ts'
import {
  aboutIdentity,
  aboutRights,
  aboutThreads,
  isAscending,
  noIds,
} from '../rig/about/identity.ts'
import {
  aboutMemory,
  aboutRegions,
  aboutSpans,
  aboutWalks,
} from '../rig/about/space.ts'
import { aboutNames, aboutTexts } from '../rig/about/texts.ts'
import { inspect, refusal, type About } from '../rig/told.ts'

/** What holds for every process, of a system that finds spans, too. */
const ofProcesses: readonly (readonly [string, (system: System) => About])[] = [
  ['a process is the one of its pid and start', aboutIdentity],
  ['threads ascend and lead to their process', aboutThreads],
  ['a process is there for all, and read by no stranger', () => aboutRights],
  ['regions ascend, page by page', () => aboutRegions],
  ['every walk begins anew', () => aboutWalks],
  ['spans are of kinds that have a label', () => aboutSpans],
  ['a read is short at a hole, and no error', () => aboutMemory],
  ['a name is the same wherever it is told', () => aboutNames],
  ['every document prints, or is refused by an Errno', () => aboutTexts],
]

/**
 * What the tree relies on of every provider (provider/contract.ts). It may run
 * over a live system: processes end and change while it looks. Any fact may be
 * refused, by an Errno and nothing else; what is told has to be right.
 */
export const conformance = (
  t: Test,
  name: string,
  open: Provider['open'],
): void => {
  const test = (
    what: string,
    check: (t: Test, system: System) => void,
    spans = true,
  ): void =>
    void t.test(`${name}: ${what}`, t => {
      const system = open({ spans })
      try {
        check(t, system)
      } finally {
        system.close?.()
      }
      t.end()
    })

  test('pids ascend, each once', (t, system) => {
    const pids = system.pids()
    t.ok(pids.length > 0)
    t.ok(isAscending(pids))
    t.ok(pids.every(pid => Number.isSafeInteger(pid) && pid >= 0))
  })

  test('there is no process of what is no pid', (t, system) => {
    for (const id of noIds) {
      t.equal(
        refusal(() => system.process(id)),
        'ESRCH',
        `process ${id}`,
      )
      t.equal(system.leader(id), undefined, `leader of ${id}`)
    }
  })

  for (const [what, about] of ofProcesses)
    test(what, (t, system) => {
      const { looked, complaints } = inspect(system, about(system))
      t.same(complaints, [])
      t.ok(looked > 0, `looked at ${looked}`)
    })

  test(
    'without spans none are told',
    (t, system) => {
      const { complaints } = inspect(system, process =>
        [...(process.spans?.([...process.regions()]) ?? [])].map(
          ({ kind }) => kind,
        ),
      )
      t.same(complaints, [])
      const { looked } = inspect(system, aboutTexts)
      t.ok(looked > 0, `looked at ${looked}`)
    },
    false,
  )

  test('facts of the machine', (t, system) => {
    const [first, second] = [system.uptime?.(), system.uptime?.()]
    t.ok((first?.up ?? 0) >= 0 && (first?.idle ?? 0) >= 0)
    t.ok((second?.up ?? 0) >= (first?.up ?? 0), 'time does not run back')
    t.notMatch(system.version?.() ?? '', /\n/)
    const types = [...(system.filesystems?.() ?? [])]
    t.ok(types.every(({ name }) => /^[^\s]+$/.test(name)))
    for (const document of Object.values(systemDocuments))
      t.match(
        [...document(system, { dialect: 'linux', paths: 'mixed' })].join(''),
        /^(?:[^\n]+\n)*$/,
      )
  })

  test('a system can be closed twice', (t, system) => {
    system.close?.()
    system.close?.()
    t.ok(open({ spans: false }).pids().length > 0, 'and opened again')
  })
}
