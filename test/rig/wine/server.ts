import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Removes the folder of a prefix's server, which has ended, with the note of
 * where it is. Debian's Wine has one for each prefix, /tmp/wine-XXXXXX, and
 * leaves it behind.
 */
export const removeServer = (prefix: string): void => {
  const note = join(prefix, 'wineserver')
  let name: string
  try {
    name = readFileSync(note, 'utf8').trim()
  } catch {
    return
  }
  if (/^wine-\w+$/.test(name))
    rmSync(join('/tmp', name), { recursive: true, force: true })
  rmSync(note)
}
