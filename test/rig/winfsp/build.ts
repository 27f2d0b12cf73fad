import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { mingw } from '../need.ts'

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

const compile = (...args: readonly string[]): void =>
  void execFileSync(mingw, [...flags, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })

/** Builds the stand-in into a folder; the path of its winfsp-x64.dll. */
export const buildStandIn = (folder: string): string => {
  const path = join(folder, 'winfsp-x64.dll')
  const files = readdirSync(join(sources, 'driver'))
    .filter(name => name.endsWith('.c'))
    .map(name => join(sources, 'driver', name))
  compile('-shared', ...files, '-o', path, '-lws2_32', '-ladvapi32')
  return path
}

/** Builds a file system in C that serves one file; the path of the program. */
export const buildHandler = (folder: string): string => {
  const path = join(folder, 'handler.exe')
  compile(join(sources, 'handler/main.c'), '-o', path)
  return path
}
