import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A C program, built in a directory of its own. */
export interface Built {
  readonly path: string
  /** Runs it; its stdout. */
  run(...args: readonly string[]): string
  remove(): void
}

/** Compiles C text; `flags` as for cc, such as `-pthread`. */
export const compile = (source: string, ...flags: readonly string[]): Built => {
  const folder = mkdtempSync(join(tmpdir(), 'winprocfs-cc-'))
  const path = join(folder, 'program')
  const all = ['-O2', '-Wall', '-x', 'c', '-', '-o', path, ...flags]
  execFileSync('cc', all, { input: source, stdio: ['pipe', 'inherit', 'pipe'] })
  return {
    path,
    run: (...args) => execFileSync(path, args, { encoding: 'utf8' }),
    remove: () => rmSync(folder, { recursive: true }),
  }
}
