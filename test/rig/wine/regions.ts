/**
 * Prints the regions and the threads of processes as the provider of Windows
 * tells them, a line of JSON for each:
 *
 *     node regions.js PID…
 */
import { writeSync } from 'node:fs'
import type { Region } from '../../../provider/contract.ts'
import { open } from '../../../provider/windows/index.ts'

/** A line, once it is parsed. */
export interface Told {
  readonly tids: readonly number[]
  readonly regions: readonly Region[]
}

const system = open({ spans: false })

for (const pid of process.argv.slice(2)) {
  const target = system.process(Number(pid))
  const told: Told = { tids: target.tids(), regions: [...target.regions()] }
  target.close()
  // an inode has 64 bits
  const line = JSON.stringify(told, (_, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  )
  writeSync(1, `${line}\n`)
}
