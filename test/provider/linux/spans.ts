import t from 'tap'
import type { Region, Span } from '../../../provider/contract.ts'
import { openProcess } from '../../../provider/linux/process.ts'
import { findSpans } from '../../../provider/linux/spans.ts'
import { fixture, start } from '../../rig/fixture.ts'
import { missing, noCompiler, noLinux } from '../../rig/need.ts'
import { recorded } from '../../rig/recorded.ts'

interface Thread {
  readonly tid: number
  readonly allocation: number
  readonly late: number
  readonly stack: number
}

interface Seen {
  readonly pid: number
  readonly threads: readonly Thread[]
  readonly arenas: number
  readonly spans: readonly Span[]
  readonly regions: readonly Region[]
}

/** Looks at a program when so many of its threads wait. */
const seen = async (
  waiting: number,
  ...args: readonly string[]
): Promise<Seen> => {
  const program = fixture('arenas', '-pthread')
  const { pid, lines, end } = await start(program.path, args)
  const process = openProcess('/proc', pid, true)
  const regions = process.regions()
  let spans: readonly Span[] = []
  // on their way from one barrier to the next they run
  for (const until = Date.now() + 60_000; Date.now() < until;) {
    spans = process.spans?.([...process.regions()]) ?? []
    if (spans.filter(({ kind }) => kind === 'stack').length === waiting) break
  }
  process.close()
  await end()
  program.remove()
  const said = lines.map(
    line => JSON.parse(line) as Thread & { arenas: number },
  )
  const threads = said.slice(0, -1)
  return { pid, threads, arenas: said.at(-1)?.arenas ?? 0, spans, regions }
}

/** The spans of a kind that the region with this address meets. */
const over = (
  { regions, spans }: Seen,
  kind: string,
  address: number,
): number[] => {
  const region = regions.find(
    ({ start, end }) => start <= address && address < end,
  )
  if (region === undefined || region.name !== undefined) return []
  return spans
    .filter(span => span.kind === kind)
    .filter(({ start, end }) => start < region.end && end > region.start)
    .map(({ id = 0 }) => id)
}

t.test(
  'every thread’s memory is in an arena of its own, as malloc_info counts',
  missing(noLinux, noCompiler),
  async t => {
    const facts = await seen(6, '6')
    const arenas = facts.threads.map(({ allocation }) =>
      over(facts, 'arena', allocation),
    )
    t.ok(arenas.every(found => found.length === 1))
    const ids = new Set(arenas.flat())
    t.equal(ids.size, 6)
    t.equal(facts.arenas, 1 + 6, 'the main one is the kernel’s [heap]')
    const all = new Set(
      facts.spans.filter(({ kind }) => kind === 'arena').map(({ id }) => id),
    )
    t.strictSame([...all].sort(), [1, 2, 3, 4, 5, 6])
    t.strictSame([...ids].sort(), [1, 2, 3, 4, 5, 6])
  },
)

t.test(
  'arenas are numbered by the address of their first heap',
  missing(noLinux, noCompiler),
  async t => {
    const facts = await seen(4, '4')
    const byAddress = facts.threads
      .map(({ allocation }) => allocation)
      .sort((a, b) => a - b)
      .map(allocation => over(facts, 'arena', allocation))
    // the first allocation of a thread is in its arena's first heap
    t.strictSame(byAddress, [[1], [2], [3], [4]])
  },
)

t.test(
  'a second heap is of the same arena',
  missing(noLinux, noCompiler),
  async t => {
    const facts = await seen(3, '3')
    const [first] = facts.threads
    if (first === undefined) throw new Error('no threads')
    const { allocation, late } = first
    t.not(Math.floor(allocation / 2 ** 26), Math.floor(late / 2 ** 26))
    t.strictSame(over(facts, 'arena', late), over(facts, 'arena', allocation))
    t.equal(over(facts, 'arena', late).length, 1)
  },
)

t.test(
  'every thread’s stack has its tid, the first one’s is the kernel’s',
  missing(noLinux, noCompiler),
  async t => {
    const facts = await seen(5, '5')
    for (const { tid, stack } of facts.threads)
      t.strictSame(over(facts, 'stack', stack), [tid])
    const ids = facts.spans.filter(({ kind }) => kind === 'stack')
    t.equal(ids.length, 5)
    t.notOk(ids.some(({ id }) => id === facts.pid))
  },
)

t.test(
  'a thread that always runs has no label, the others have',
  missing(noLinux, noCompiler),
  async t => {
    const facts = await seen(2, '3', 'spin')
    const [first, second, runs] = facts.threads
    t.strictSame(over(facts, 'stack', first?.stack ?? 0), [first?.tid])
    t.strictSame(over(facts, 'stack', second?.stack ?? 0), [second?.tid])
    t.strictSame(over(facts, 'stack', runs?.stack ?? 0), [])
    t.equal(over(facts, 'arena', runs?.allocation ?? 0).length, 1)
  },
)

const regions: readonly Region[] = [
  {
    start: 0x2000,
    end: 0x5000,
    base: 0x2000,
    state: 'commit',
    type: 'private',
    access: 3,
    offset: 0,
  },
]

const waits = '-1 0x3000 0x4000\n'

t.test('recorded threads that wait show their stacks', async t => {
  const path = t.testdir({
    ...recorded({ pid: 7 }),
    mem: '',
    task: {
      '7': { syscall: waits },
      '8': { syscall: waits },
      '9': { syscall: 'running\n' },
      '10': {},
      x: { syscall: waits },
    },
  })
  t.strictSame(findSpans(path, regions), [
    { start: 0x2000, end: 0x5000, kind: 'stack', id: 8 },
  ])
})

t.test('what is not there costs labels and is no error', async t => {
  t.strictSame(findSpans(t.testdir({}), regions), [])
  t.strictSame(findSpans(t.testdir(recorded({ pid: 7 })), regions), [])
  const path = t.testdir({
    ...recorded({ pid: 7 }),
    task: { '8': { syscall: waits } },
  })
  t.equal(findSpans(path, regions).length, 1, 'the other half is told')
})

t.test('an error that nobody foresaw is one', async t => {
  const path = t.testdir({
    ...recorded({ pid: 7 }),
    task: { '8': { syscall: { folder: '' } } },
  })
  t.throws(() => findSpans(path, regions), { code: 'EISDIR' })
})
