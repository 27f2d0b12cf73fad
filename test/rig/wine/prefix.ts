import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { cached } from './place.ts'
import { removeServer } from './server.ts'

const guard = join(import.meta.dirname, 'guard.js')

/** Sees to the end of FOLDER/prefix; what it yields brings that about. */
export const guarded = (folder: string): (() => Promise<void>) => {
  // of a process group of its own: it outlives that of the suite
  const child = spawn(process.execPath, [guard, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.unref()
  ;(child.stdin as Socket).unref()
  const exited = once(child, 'exit')
  return async () => {
    child.ref()
    child.stdin.end()
    await exited
  }
}

/**
 * What programs run with: no windows, nothing in the menus of the desktop, no
 * coverage written by a Node that names files as Windows does.
 */
export const environment = (folder: string): NodeJS.ProcessEnv => ({
  ...process.env,
  WINEPREFIX: join(folder, 'prefix'),
  WINEARCH: 'win64',
  WINEDEBUG: '-all',
  WINEDLLOVERRIDES: 'winemenubuilder.exe,mscoree,mshtml=d',
  DISPLAY: '',
  TAP: '1',
  NODE_V8_COVERAGE: undefined,
})

const call = (folder: string, program: string, ...args: string[]): void =>
  void execFileSync(program, args, {
    env: environment(folder),
    stdio: 'ignore',
    timeout: 120_000,
  })

const version = (): string =>
  execFileSync('wine', ['--version'], {
    env: { ...process.env, WINEDEBUG: '-all' },
    encoding: 'utf8',
  })
    .trim()
    .replaceAll(/[^\w.]+/g, '-')

/** A prefix as Wine makes it, told to be Windows 10; nothing runs in it. */
const template = (): string =>
  cached(`prefix-${version()}`, draft => {
    guarded(draft)
    call(draft, 'wine', 'wineboot', '-i')
    call(draft, 'wine', 'winecfg', '-v', 'win10')
    call(draft, 'wineserver', '-w')
    removeServer(join(draft, 'prefix'))
  })

/**
 * FOLDER/prefix: a prefix of its own, with a server that stays. The files of
 * its drive C: are links to those of the template, which Wine replaces but does
 * not write to.
 */
export const newPrefix = (folder: string): void => {
  const from = join(template(), 'prefix')
  const to = join(folder, 'prefix')
  mkdirSync(to)
  for (const name of readdirSync(from))
    execFileSync('cp', [
      name === 'drive_c' ? '-al' : '-a',
      join(from, name),
      join(to, name),
    ])
  call(folder, 'wineserver', '-p')
}
