import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { mingw } from '../need.ts'
import { cached } from '../wine/place.ts'

const sources = resolve(import.meta.dirname, '../../../../test/rig/winfsp')

const flags = [
  '-std=gnu17',
  '-O2',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-D__USE_MINGW_ANSI_STDIO=1',
  '-static-libgcc',
]

const libraries = ['-lws2_32', '-ladvapi32', '-lntdll']

const compile = (...args: readonly string[]): void =>
  void execFileSync(mingw, [...flags, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })

/** A name for all that a build comes of: the compiler, flags, sources. */
const digestOf = (files: readonly string[]): string => {
  const hash = createHash('sha256')
  hash.update(execFileSync(mingw, ['--version']))
  hash.update([...flags, ...libraries].join('\0'))
  for (const file of files)
    hash.update(basename(file)).update(readFileSync(file))
  return hash.digest('hex').slice(0, 16)
}

/**
 * Puts the stand-in into a folder: the path of its winfsp-x64.dll. It is built
 * once for all suites, and anew when its sources change.
 */
export const buildStandIn = (folder: string): string => {
  const files = readdirSync(join(sources, 'driver')).map(name =>
    join(sources, 'driver', name),
  )
  const name = 'winfsp-x64.dll'
  const built = cached(`standin-${digestOf(files)}`, draft =>
    compile(
      '-shared',
      ...files.filter(file => file.endsWith('.c')),
      '-o',
      join(draft, name),
      ...libraries,
    ),
  )
  const path = join(folder, name)
  copyFileSync(join(built, name), path)
  return path
}

/** Builds a file system in C that serves one file; the path of the program. */
export const buildHandler = (folder: string): string => {
  const path = join(folder, 'handler.exe')
  compile(join(sources, 'handler/main.c'), '-o', path)
  return path
}
