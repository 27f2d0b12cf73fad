import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where a program is, by PATH; undefined if it is not installed. */
export const which = (program: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map(folder => join(folder, program))
    .find(path => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

/**
 * Why a test cannot run here, the first that applies; false if it can. Where
 * CI is set all that can be installed has to be there: the test runs, and
 * fails by itself.
 */
export const missing = (
  ...reasons: readonly (string | false)[]
): { skip: string | false } => ({
  skip:
    process.env['CI'] === undefined
      ? (reasons.find(reason => reason !== false) ?? false)
      : false,
})

export const noLinux = process.platform !== 'linux' && 'needs Linux'

export const noRoot = process.getuid?.() !== 0 && 'needs root'

export const noCompiler = which('cc') === undefined && 'needs a C compiler'

export const noWine =
  (which('wine') === undefined || which('wineserver') === undefined) &&
  'needs Wine'

/** The C compiler of which Windows programs come. */
export const mingw = 'x86_64-w64-mingw32-gcc'

export const noMingw = which(mingw) === undefined && `needs ${mingw}`

/** Whether the C compiler finds a header. */
export const noHeader = (header: string): string | false =>
  spawnSync('cc', ['-E', '-'], { input: `#include <${header}>` }).status !==
    0 && `needs <${header}>`

export const noProgram = (program: string): string | false =>
  which(program) === undefined && `needs ${program}`

export const noFile = (path: string): string | false => {
  try {
    accessSync(path)
    return false
  } catch {
    return `needs ${path}`
  }
}
