/**
 * A process that opens files and keeps them open:
 *
 *     node keeper.js PATH…
 *
 * For each line on its stdin it says what a read at 0 of each yields, as a
 * JSON list of texts and errno's codes. What cannot be opened stays its code.
 */
import { openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { outcomeOf } from './outcome.ts'
import { pread } from './reads.ts'

const kept = process.argv
  .slice(2)
  .map(path => outcomeOf(() => openSync(path, 'r')))

createInterface(process.stdin).on('line', () =>
  console.log(
    JSON.stringify(
      kept.map(fd =>
        typeof fd === 'string' ? fd : outcomeOf(() => pread(fd, 65536, 0)),
      ),
    ),
  ),
)
