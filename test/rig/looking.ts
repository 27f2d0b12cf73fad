/**
 * What one sees of some paths, as a JSON object: a file's text, where a link
 * leads, a directory's names, or an errno's code.
 *
 *     node looking.js PATH…
 *
 * In a process of its own, so that another user can look.
 */
import * as fs from 'node:fs'
import { outcomeOf } from './outcome.ts'

const look = (path: string): string => {
  const stat = fs.lstatSync(path)
  if (stat.isDirectory()) return fs.readdirSync(path).join()
  if (stat.isSymbolicLink()) return fs.readlinkSync(path)
  return fs.readFileSync(path, 'latin1')
}

console.log(
  JSON.stringify(
    Object.fromEntries(
      process.argv
        .slice(2)
        .map(path => [path, outcomeOf(() => look(path))] as const),
    ),
  ),
)
