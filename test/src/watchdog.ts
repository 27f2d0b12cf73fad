import t, { type Test } from 'tap'
import { MessageChannel } from 'node:worker_threads'
import { walk } from '../../fs/lookup.ts'
import type { Job } from '../../fs/render.ts'
import { Walker } from '../../src/lane.ts'
import { Pool } from '../../src/pool.ts'
import { Queue } from '../../src/queue.ts'
import { newTable, type Table } from '../../src/table.ts'
import { Watchdog } from '../../src/watchdog.ts'
import { open } from '../fixtures/slow.ts'

const system = open()
const view = { dialect: 'linux', paths: 'mixed' } as const

/**
 * Loop, walker and watchdog in one thread, so that a test decides who comes
 * when. `seen`: the table as the watchdog sees it. No walker is started.
 */
const rig = (
  t: Test,
  { deadline = 1e4, seen = (table: Table): Table => table } = {},
) => {
  const table = newTable()
  const { port1, port2 } = new MessageChannel()
  t.teardown(() => port1.close())
  const answers: string[] = []
  const hooks: { answer?: (told: string) => void } = {}
  const answer = ({ id }: { id: bigint }, outcome: unknown): void => {
    const told = `${id} ${typeof outcome === 'string' ? outcome : 'text'}`
    answers.push(told)
    hooks.answer?.(told)
  }
  const pool = new Pool({
    system,
    view,
    table,
    port: port2,
    deadline,
    answer,
    relays: false,
  })
  const bump = () => Atomics.add(table.words, table.at.posted, 1)
  const watchdog = new Watchdog({
    table: seen(table),
    walkers: {
      start: () => {},
      post: through => port1.postMessage(through),
      log: () => {},
    },
    answer,
    wanted: 1,
    bound: 1,
    deadline,
  })
  const { port1: near, port2: far } = new MessageChannel()
  t.teardown(() => near.close())
  port1.postMessage({ port: far }, [far])
  bump()
  const walker = new Walker({
    system,
    view,
    table,
    number: 1,
    port: near,
    answer,
    log: () => {},
  })
  /** What the walks are called whose text was got, see ../fixtures/slow.ts. */
  const walks: (string | undefined)[] = []
  /** Asks for the maps of a process. */
  const ask = (id: number, pid = 1): void => {
    const node = walk(system, `proc/${pid}/maps`) as Job['node']
    const caller = { uid: 0, gid: 0, tid: 1 }
    const request = { id: BigInt(id), offset: 0, size: 1e6, lines: true }
    pool.render({ node, caller }, request, bytes => {
      if (bytes) walks.push(/walk.\d+/.exec(Buffer.from(bytes).toString())?.[0])
    })
  }
  const queue = new Queue(table)
  /** The walker takes a turn in the next lane. */
  const turn = (): void => {
    const lane = queue.pop()
    if (lane !== undefined) walker.work(lane)
  }
  /** The walker takes up what waits in the next lane, and hangs there. */
  const hang = (): void => {
    const lane = queue.pop() as number
    table.walker[lane] = 1
    table.since[lane] = 1
    const slot = Atomics.exchange(table.waiting, lane, -1)
    table.next[slot] = -3
  }
  return { table, pool, watchdog, ask, turn, hang, answers, hooks, walks }
}

t.test('who dies takes none along that came after', async t => {
  const { pool, watchdog, ask, turn, hang, answers, hooks } = rig(t)
  ask(1)
  ask(2)
  turn()
  pool.drain()
  t.same(answers.splice(0), ['1 text', '2 text'])
  // in the slot that request 2 had
  ask(3)
  hang()
  // in the other one, while the watchdog goes through them
  hooks.answer = told => told === '3 EIO' && ask(4)
  watchdog.died(1)
  t.same(answers.splice(0), ['3 EIO'])
  pool.drain()
  t.equal(pool.pending, 1, 'request 4')
  turn()
  pool.drain()
  t.same(answers, ['4 text'])
  t.equal(pool.pending, 0)
})

t.test('a request that comes while deadlines are looked at has its own', t => {
  let come = (): void => {}
  /** Another thread moves right after a due time is read. */
  const seen = (table: Table): Table => ({
    ...table,
    due: new Proxy(table.due, {
      get(due, slot) {
        const read = due[Number(slot)]
        come()
        return read
      },
    }),
  })
  const { table, pool, watchdog, ask, turn, answers } = rig(t, { seen })
  ask(1)
  turn()
  pool.drain()
  t.same(answers.splice(0), ['1 text'])
  table.due.fill(1)
  come = () => {
    come = () => {}
    ask(2)
  }
  watchdog.tick()
  come()
  t.same(answers, [], 'no deadline yet')
  turn()
  t.same(answers, ['2 text'])
  t.end()
})

t.test('nobody walks for those who have gone while they waited', async t => {
  const { pool, table, ask, turn, answers, hooks, walks } = rig(t)
  ask(1, 7)
  ask(2, 7)
  ask(3, 7)
  // other readers than the first
  table.uid.set([0, 1, 2])
  hooks.answer = told => {
    if (told !== '1 text') return
    pool.cancel(2n)
    pool.cancel(3n)
  }
  turn()
  t.same(answers, ['1 text', '2 EINTR', '3 EINTR'])
  pool.drain()
  t.equal(pool.pending, 0)
  ask(4, 7)
  turn()
  pool.drain()
  t.same(walks, ['walk/1', 'walk/2'])
})

t.test('a number may be used again once its request is answered', async t => {
  const { pool, ask, turn, answers } = rig(t)
  ask(1)
  t.ok(pool.cancel(1n))
  ask(1, 2)
  turn()
  pool.drain()
  t.equal(pool.pending, 1, 'the later one')
  t.ok(pool.cancel(1n))
  t.same(answers, ['1 EINTR', '1 EINTR'])
  turn()
  pool.drain()
  t.equal(pool.pending, 0)
})
