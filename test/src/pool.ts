import t, { type Test } from 'tap'
import { setImmediate as soon, setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel, Worker } from 'node:worker_threads'
import { lookup, root } from '../../fs/lookup.ts'
import type { Job } from '../../fs/render.ts'
import { Pool } from '../../src/pool.ts'
import { newTable } from '../../src/table.ts'
import { Watchdog } from '../../src/watchdog.ts'
import { open } from '../fixtures/slow.ts'
import type { RacerData } from '../fixtures/racer.ts'

const system = open()
const view = { dialect: 'linux', paths: 'mixed' } as const
const caller = { uid: 0, gid: 0, tid: 1 }

/** The job `cat /proc/<pid>/<name>`. */
const job = (pid: number, name = 'maps'): Job => {
  const at = `proc/${pid}/${name}`
    .split('/')
    .reduce((node, name) => lookup(system, node, name), root)
  return { node: at as Job['node'], caller }
}

/** Pool, watchdog and real walkers' threads; every answer is counted. */
const rig = (
  t: Test,
  options: { walkers: number; bound?: number; deadline: number; ids?: number },
) => {
  const { walkers: wanted, bound = wanted, deadline, ids = 1000 } = options
  const table = newTable()
  const { port1, port2 } = new MessageChannel()
  const counts = new Int32Array(new SharedArrayBuffer(4 * ids))
  const codes: (string | undefined)[] = []
  const threads = new Map<number, Worker>()
  const lines: string[] = []
  const start = (number: number): void => {
    const { port1: near, port2: far } = new MessageChannel()
    port1.postMessage({ port: far }, [far])
    Atomics.add(table.words, table.at.posted, 1)
    const workerData: RacerData = {
      number,
      port: near,
      table: table.buffer,
      counts: counts.buffer as SharedArrayBuffer,
    }
    const url = new URL('../fixtures/racer.js', import.meta.url)
    const worker = new Worker(url, { workerData, transferList: [near] })
    threads.set(number, worker)
    worker.on('exit', () => {
      threads.delete(number)
      if (!over) watchdog.died(number)
    })
  }
  let over = false
  const answer = ({ id }: { id: bigint }, outcome: unknown): void => {
    Atomics.add(counts, Number(id), 1)
    codes[Number(id)] = String(outcome)
  }
  const watchdog: Watchdog = new Watchdog({
    table,
    walkers: {
      start,
      post: through => port1.postMessage(through),
      log: line => lines.push(line),
    },
    answer,
    wanted,
    bound,
    deadline,
  })
  const pool = new Pool({
    system,
    view,
    table,
    port: port2,
    deadline,
    answer,
    relays: false,
  })
  t.teardown(async () => {
    over = true
    await Promise.all([...threads.values()].map(thread => thread.terminate()))
    port1.close()
  })
  let last = 0
  const texts: (string | undefined)[] = []
  /** Asks for a text; the request's id. */
  const ask = (pid: number, name?: string): number => {
    const id = ++last
    const made = pool.render(
      job(pid, name),
      { id: BigInt(id), offset: 0, size: 1e6, lines: true },
      bytes => (texts[id] = bytes && Buffer.from(bytes).toString()),
    )
    if (made) texts[id] = Buffer.from(made).toString()
    return id
  }
  /** Until nothing is pending, what was just asked included. */
  const settled = async (_asked?: number): Promise<void> => {
    while (pool.pending) {
      watchdog.tick()
      pool.drain()
      await soon()
    }
  }
  /** Asks for a piece of its memory. */
  const askPiece = (pid: number, offset: bigint, size: number): number => {
    const id = ++last
    const made = pool.render(
      { ...job(pid, 'mem'), piece: { offset, size } },
      { id: BigInt(id), offset: 0, size, lines: false },
      bytes => (texts[id] = bytes && Buffer.from(bytes).toString('hex')),
    )
    t.equal(made, undefined)
    return id
  }
  return {
    pool,
    askPiece,
    watchdog,
    table,
    counts,
    codes,
    texts,
    ask,
    settled,
    lines,
    threads,
  }
}

t.test('a text is made by a walker and told to the loop', async t => {
  const { ask, settled, texts, counts } = rig(t, { walkers: 1, deadline: 5e3 })
  const id = ask(100)
  t.equal(counts[id], 0, 'not answered by the loop')
  await settled()
  t.match(texts[id], /^00001000-00002000 r--p .*\/walk\/1\n$/)
  t.equal(counts[id], 1)
})

t.test('readers that come before a walk begins share it', async t => {
  const { ask, settled, texts, table } = rig(t, { walkers: 1, deadline: 60e3 })
  await settled(ask(1))
  // long enough for the others to come, once it has begun
  const first = ask(3e6)
  while (!table.walker.some(Boolean)) await sleep(5)
  const others = [ask(3e6), ask(3e6), ask(3e6)]
  await settled()
  t.match(texts[first], '/walk/1\n')
  t.same(
    others.map(id => texts[id]?.match(/walk\/\d+/)?.[0]),
    ['walk/2', 'walk/2', 'walk/2'],
    'who came while one was under way waits for the next',
  )
})

t.test('pieces of a window are each their own, by all 64 bits', async t => {
  const { ask, askPiece, settled, texts, counts } = rig(t, {
    walkers: 1,
    deadline: 5e3,
  })
  await settled(ask(1))
  // the first holds up the others, which then wait together
  const ids = [
    askPiece(50_000, 0n, 1),
    askPiece(50_000, 1n, 2),
    askPiece(50_000, 2n, 2),
    askPiece(50_000, 2n, 1),
    askPiece(50_000, 2n ** 53n + 1n, 1),
    askPiece(50_000, 2n ** 64n - 1n, 4),
    askPiece(50_000, 1n, 2),
  ]
  const text = ask(50_000)
  await settled()
  t.same(
    ids.map(id => texts[id]),
    ['00', '0102', '0203', '02', '01', 'ff', '0102'],
  )
  t.match(texts[text], /walk/)
  t.same(
    ids.map(id => counts[id]),
    ids.map(() => 1),
  )
})

t.test('a fault that is no errno is EIO, and the walker lives', async t => {
  const { ask, settled, texts, counts } = rig(t, { walkers: 1, deadline: 5e3 })
  const [fault, gone] = [ask(666), ask(667)]
  await settled()
  t.same([texts[fault], texts[gone]], [undefined, undefined])
  t.same([counts[fault], counts[gone]], [1, 1])
  const id = ask(1)
  await settled()
  t.ok(texts[id])
})

t.test('a request that is taken back is answered EINTR, once', async t => {
  const { pool, ask, settled, codes, counts, texts } = rig(t, {
    walkers: 1,
    deadline: 5e3,
  })
  const id = ask(50_000)
  t.ok(pool.cancel(BigInt(id)))
  t.notOk(pool.cancel(BigInt(id)), 'no second time')
  t.notOk(pool.cancel(999n), 'nor one that was never there')
  t.equal(codes[id], 'EINTR')
  await settled()
  t.equal(counts[id], 1)
  t.equal(texts[id], undefined)
})

t.test('a walk past its deadline: ETIMEDOUT, a new walker, EAGAIN', async t => {
  const { watchdog, pool, ask, settled, codes, threads, table } = rig(t, {
    walkers: 1,
    bound: 2,
    deadline: 50,
  })
  await settled(ask(1))
  const stuckFor = 4e6
  const first = ask(stuckFor)
  while (!codes[first]) {
    watchdog.tick()
    await sleep(5)
  }
  t.equal(codes[first], 'ETIMEDOUT')
  watchdog.tick()
  t.equal(threads.size, 2, 'another walker was started')
  t.throws(() => ask(stuckFor), { code: 'EAGAIN' }, 'its process is left alone')
  const other = ask(100)
  while (pool.pending > 1) {
    pool.drain()
    await sleep(5)
  }
  t.equal(codes[other], undefined, 'the other walker answers for others')
  const second = ask(stuckFor + 1)
  while (!codes[second] || !Atomics.load(table.words, table.at.exhausted)) {
    watchdog.tick()
    await sleep(5)
  }
  t.equal(threads.size, 2, 'not more than there may be')
  t.throws(() => ask(100), { code: 'EAGAIN' }, 'all are stuck')
})

t.test('a walker that dies: EIO for its reader, not for who waits', async t => {
  const {
    watchdog,
    pool,
    ask,
    settled,
    codes,
    counts,
    texts,
    threads,
    table,
    lines,
  } = rig(t, { walkers: 1, deadline: 20e3 })
  const doomed = ask(3e6)
  while (!table.walker.some(Boolean)) await sleep(5)
  const waiting = ask(3e6)
  const other = ask(100)
  await threads.get(1)?.terminate()
  t.equal(codes[doomed], 'EIO')
  t.equal(codes[waiting], undefined)
  t.equal(threads.size, 0)
  watchdog.tick()
  t.equal(threads.size, 1, 'another took its place')
  t.match(lines, [/walker 1 ended/])
  await settled()
  t.ok(texts[waiting])
  t.ok(texts[other])
  t.same([counts[doomed], counts[waiting], counts[other]], [1, 1, 1])
  t.equal(pool.pending, 0)
})

t.test('one process takes up only so many places', async t => {
  const { ask, settled, texts } = rig(t, { walkers: 2, deadline: 20e3 })
  const slow = 100_000
  for (let n = 0; n < 128; n++) ask(slow)
  t.throws(() => ask(slow), { code: 'EAGAIN' })
  const other = ask(100)
  await settled()
  t.ok(texts[other])
  const again = ask(slow)
  await settled()
  t.ok(texts[again], 'once they are through there is room')
})

t.test('a stop answers all that is pending', async t => {
  const { watchdog, ask, codes, counts } = rig(t, { walkers: 1, deadline: 5e3 })
  const ids = [ask(50_000), ask(50_000), ask(60_000)]
  watchdog.stop()
  t.same(
    ids.map(id => codes[id]),
    ['ENODEV', 'ENODEV', 'ENODEV'],
  )
  await sleep(250)
  t.same(
    ids.map(id => counts[id]),
    [1, 1, 1],
  )
})

t.test('a walker 1 ms behind its deadline: 10,000 requests', async t => {
  const total = 10_000
  const { pool, watchdog, ask, counts, codes, texts } = rig(t, {
    walkers: 8,
    deadline: 2,
    ids: 10 * total,
  })
  let asked = 0
  let refused = 0
  while (asked < total || pool.pending) {
    for (let pid = 2000; pid < 4000 && pool.pending < 64; pid += 61) {
      if (asked >= total) break
      try {
        ask(pid)
        asked++
      } catch {
        refused++
      }
    }
    watchdog.tick()
    pool.drain()
    await soon()
  }
  t.comment(`${refused} refused with EAGAIN`)
  const answered = [...counts.entries()].filter(([, count]) => count)
  t.equal(answered.length, total)
  t.same(
    answered.filter(([, count]) => count !== 1),
    [],
    'nothing is answered twice',
  )
  const late = codes.filter(code => code === 'ETIMEDOUT').length
  const texted = texts.filter(Boolean).length
  t.comment(`${late} by the deadline, ${texted} by a walker`)
  t.equal(late + texted, total)
  t.ok(late > 100 && texted > 100, 'both sides won often')
})

t.test(
  'a note that has no room is refused, and nothing waits for it',
  async t => {
    const { pool, settled } = rig(t, { walkers: 1, deadline: 60_000 })
    const ask = (length: number): unknown =>
      pool.render(
        job(1),
        {
          id: 1n,
          offset: 0,
          size: 1,
          lines: true,
          note: new Uint8Array(length),
        },
        () => {},
      )
    t.throws(() => ask(257), { code: 'EIO' })
    t.equal(pool.pending, 0)
    ask(256)
    t.equal(pool.pending, 1)
    await settled()
  },
)
