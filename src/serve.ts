import type { MessagePort } from 'node:worker_threads'
import { Filesystem } from '../fs/filesystem.ts'
import type { Ending, Host } from '../fs/host.ts'
import { openSystem } from '../provider/index.ts'
import { log } from './log.ts'
import { Pool } from './pool.ts'
import { tableOver } from './table.ts'
import type { LoopData } from './threads.ts'

/** Serves one mount in this thread, until it is unmounted or woken. */
export const serve = async (
  host: Host,
  data: LoopData,
  ready: () => void,
  arrange: (pool: Pool, port: MessagePort) => void = () => {},
): Promise<Ending> => {
  const system = await openSystem(data.source)
  for (const note of system.notes?.() ?? []) log(note)
  const relayed = host.answer === undefined
  const answer = (host.answer ?? host.relay)?.(data.channel)
  if (!answer) throw new TypeError(`${data.host}: a host must answer`)
  const table = tableOver(data.table)
  const pool = new Pool({
    system,
    view: data.view,
    table,
    port: data.port,
    deadline: data.deadline,
    answer,
    relays: relayed,
  })
  arrange(pool, data.port)
  const filesystem = new Filesystem(system, pool, data.view.paths)
  return host.serve(data.channel, filesystem, {
    ready,
    drain: () => pool.drain(),
    idle(held) {
      table.words[table.at.nodes] = held.nodes
      table.words[table.at.files] = held.files
      table.words[table.at.directories] = held.directories
    },
    log,
  })
}
