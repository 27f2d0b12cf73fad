import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { mingw } from './need.ts'

const sources = resolve(import.meta.dirname, '../../../test/fixtures/c/windows')

const flags = [
  '-O2',
  '-Wall',
  '-Werror',
  // gcc takes what is at gs:0 for an object of no size
  '-Wno-array-bounds',
  '-municode',
  '-D_WIN32_WINNT=0x0a00',
]

/** Windows programs of test/fixtures/c/windows, built in a folder. */
export interface Programs<Name extends string> {
  /** Paths of this machine. */
  readonly path: Readonly<Record<Name, string>>
  remove(): void
}

/** Compiles C programs for 64-bit Windows. */
export const programs = <Name extends string>(
  ...names: readonly Name[]
): Programs<Name> => {
  const folder = mkdtempSync(join(tmpdir(), 'winprocfs-mingw-'))
  const build = (name: Name): string => {
    const path = join(folder, `${name}.exe`)
    const source = join(sources, `${name}.c`)
    execFileSync(mingw, [...flags, source, '-o', path, '-lntdll', '-lpsapi'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    return path
  }
  return {
    path: Object.fromEntries(names.map(name => [name, build(name)])) as Record<
      Name,
      string
    >,
    remove: () => rmSync(folder, { recursive: true }),
  }
}
