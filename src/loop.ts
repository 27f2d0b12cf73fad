/** Entry of the loop's thread, for a host that blocks it. */
import { parentPort, workerData } from 'node:worker_threads'
import { hostOf } from '../fs/index.ts'
import { serve } from './serve.ts'
import type { LoopData, LoopMessage } from './threads.ts'

const data = workerData as LoopData
const tell = (message: LoopMessage): void => parentPort?.postMessage(message)

const host = await hostOf(data.host)
const ended = await serve(host, data, () => tell({ ready: true }))
tell({ ended })
