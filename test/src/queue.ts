import t from 'tap'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Queue } from '../../src/queue.ts'
import { newTable, slots } from '../../src/table.ts'

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

t.test('threads that take at once get each lane once', async t => {
  const table = newTable()
  const counts = new Int32Array(new SharedArrayBuffer(slots * 4))
  const taker = `
    import { workerData } from 'node:worker_threads'
    const { Queue } = await import(workerData.queue)
    const { tableOver } = await import(workerData.table)
    const queue = new Queue(tableOver(workerData.buffer))
    const counts = new Int32Array(workerData.counts)
    for (;;) {
      const lane = queue.take()
      if (lane === 0) break
      Atomics.add(counts, lane, 1)
    }`
  const start = () =>
    new Worker(new URL(`data:text/javascript,${encodeURIComponent(taker)}`), {
      workerData: {
        queue: new URL('../../src/queue.js', import.meta.url).href,
        table: new URL('../../src/table.js', import.meta.url).href,
        buffer: table.buffer,
        counts: counts.buffer,
      },
    })
  const threads = [start(), start(), start()]
  const ended = threads.map(thread => once(thread, 'exit'))
  const queue = new Queue(table)
  for (let lane = 1; lane < 900; lane++) queue.push(lane)
  for (const _ of threads) queue.push(0)
  await Promise.all(ended)
  t.ok(counts.subarray(1, 900).every(count => count === 1))
})
