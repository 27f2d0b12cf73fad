/** Entry of a walker's thread: makes texts until the process ends. */
import { workerData } from 'node:worker_threads'
import { hostOf } from '../fs/index.ts'
import { openSystem } from '../provider/index.ts'
import { Walker } from './lane.ts'
import { log } from './log.ts'
import { tableOver } from './table.ts'
import type { WalkerData } from './threads.ts'

const data = workerData as WalkerData
const host = await hostOf(data.host)

new Walker({
  system: await openSystem(data.source),
  view: data.view,
  table: tableOver(data.table),
  number: data.number,
  port: data.port,
  answer: host.answer?.(data.channel),
  log,
}).run()
