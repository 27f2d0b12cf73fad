import t from 'tap'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Queue } from '../../src/queue.ts'
import { newTable, slots, type Table } from '../../src/table.ts'

t.test('lanes come out in the order they went in', async t => {
  const queue = new Queue(newTable())
  t.equal(queue.pop(), undefined)
  for (const lane of [7, 3, 9]) queue.push(lane)
  t.same([queue.pop(), queue.pop(), queue.pop()], [7, 3, 9])
  t.equal(queue.pop(), undefined)
})

t.test('it goes round its cells for ever, and holds every lane', async t => {
  const queue = new Queue(newTable())
  const lanes = Array.from({ length: slots }, (_, lane) => lane)
  for (let round = 0; round < 3; round++) {
    for (const lane of lanes) queue.push(lane)
    t.same(
      lanes.map(() => queue.pop()),
      lanes,
    )
  }
  t.equal(queue.pop(), undefined)
})

t.test('its counters may wrap', async t => {
  const table = newTable()
  const { words, at, turn } = table
  const last = 0x7fff_fffe
  words[at.head] = last
  words[at.tail] = last
  for (let cell = 0; cell < slots; cell++)
    turn[(last + cell) & (slots - 1)] = (last + cell) | 0
  const queue = new Queue(table)
  for (const lane of [1, 2, 3, 4, 5]) queue.push(lane)
  t.same(
    [1, 2, 3, 4, 5].map(() => queue.pop()),
    [1, 2, 3, 4, 5],
  )
})

/** A thread that runs `body` with a queue over the table, and `counts`. */
const start = (body: string, table: Table, counts: Int32Array): Worker => {
  const code = `
    import { workerData } from 'node:worker_threads'
    const { Queue } = await import(workerData.queue)
    const { tableOver } = await import(workerData.table)
    const queue = new Queue(tableOver(workerData.buffer))
    const counts = new Int32Array(workerData.counts)
    ${body}`
  return new Worker(
    new URL(`data:text/javascript,${encodeURIComponent(code)}`),
    {
      workerData: {
        queue: new URL('../../src/queue.js', import.meta.url).href,
        table: new URL('../../src/table.js', import.meta.url).href,
        buffer: table.buffer,
        counts: counts.buffer,
      },
    },
  )
}

t.test('threads that take at once get each lane once', async t => {
  const table = newTable()
  const counts = new Int32Array(new SharedArrayBuffer(slots * 4))
  const taker = `
    for (;;) {
      const lane = queue.take()
      if (lane === 0) break
      Atomics.add(counts, lane, 1)
    }`
  const threads = [1, 2, 3].map(() => start(taker, table, counts))
  const ended = threads.map(thread => once(thread, 'exit'))
  const queue = new Queue(table)
  for (let lane = 1; lane < 900; lane++) queue.push(lane)
  for (const _ of threads) queue.push(0)
  await Promise.all(ended)
  t.ok(counts.subarray(1, 900).every(count => count === 1))
})

t.test('who found the queue shut is woken once it is not', async t => {
  const table = newTable()
  const counts = new Int32Array(new SharedArrayBuffer(8))
  const taker = 'Atomics.add(counts, queue.take(), 1)'
  const threads = [1, 2].map(() => start(taker, table, counts))
  const ended = threads.map(thread => once(thread, 'exit'))
  // they sleep by then; if not, this shows nothing
  await sleep(500)
  const until = new Int32Array(new SharedArrayBuffer(4))
  /** Another thread pushes lane 1 while this one is at its cell. */
  const cell = new Proxy(table.cell, {
    set(cell, place, lane: number) {
      cell[Number(place)] = lane
      new Queue(table).push(1)
      Atomics.wait(until, 0, 0, 200)
      return true
    },
  })
  new Queue({ ...table, cell }).push(0)
  await Promise.race([Promise.all(ended), sleep(60_000, 0, { ref: false })])
  t.same([...counts], [1, 1], 'both lanes are taken, and by two')
  await Promise.all(threads.map(thread => thread.terminate()))
})
