import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** What others' programs printed on Windows, kept beside the checkout. */
const folder = resolve(import.meta.dirname, '../../../../../shared/dumps/text')

/** Skips a test where they are not, which they need not be. */
export const ofCaptures = {
  skip: !existsSync(folder) && 'needs texts recorded on Windows',
}

export const captured = (name: string): string =>
  readFileSync(join(folder, name), 'utf8')

/** Lines, less those that whoever kept them has added (`# …`, `...`). */
export const capturedLines = (name: string): string[] => sectionsOf(name).flat()

/** The same, those under each `# …` together. */
export const sectionsOf = (name: string): string[][] =>
  captured(name)
    .split(/^#.*\n/m)
    .map(section =>
      section.split('\n').filter(line => line !== '' && line !== '...'),
    )
    .filter(lines => lines.length > 0)
