/** Looks at processes under Wine: by our program, and by those in C. */
import type { Wine } from '../wine.ts'
import { walkOf, type Walked } from './oracle.ts'
import type { Told } from './regions.ts'
import type { Ended } from './run.ts'

/** Of a program that has to come to a good end. */
const good = ({ code, stdout, stderr }: Ended): string => {
  if (code !== 0 || stderr !== '') throw new Error(`exit ${code}: ${stderr}`)
  return stdout
}

export interface Looks {
  /** `winprocfs`, as it is called. */
  call(...args: readonly string[]): Promise<Ended>
  /** What it prints, if that is all. */
  print(...args: readonly string[]): Promise<string>
  /** The texts of files, by one call. */
  cat(...paths: readonly string[]): Promise<readonly string[]>
  /** What the provider tells of processes, in their order. */
  told(...pids: readonly number[]): Promise<readonly Told[]>
  /** What walker.c tells of one. */
  walked(pid: number): Promise<readonly Walked[]>
  /** While a process is suspended. */
  still<T>(pid: number, act: () => Promise<T>): Promise<T>
}

export const looksOf = (
  wine: Wine,
  path: Readonly<Record<'walker' | 'suspend', string>>,
): Looks => {
  const call: Looks['call'] = (...args) => wine.node('dist/src/cli.js', args)
  const print: Looks['print'] = async (...args) => good(await call(...args))
  const version = print('cat', '/proc/version')
  const suspend = async (word: string, pid: number): Promise<void> =>
    void good(await wine.run(path.suspend, [word, `${pid}`]))
  return {
    call,
    print,
    cat: async (...paths) => {
      // before each a text that none of them holds
      const [between = '', all = ''] = [
        await version,
        await print('cat', ...paths.flatMap(path => ['/proc/version', path])),
      ]
      return all.split(between).slice(1)
    },
    told: async (...pids) => {
      const script = 'dist/test/rig/wine/regions.js'
      const lines = good(await wine.node(script, pids.map(String)))
      return lines
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as Told)
    },
    walked: async pid => walkOf(good(await wine.run(path.walker, [`${pid}`]))),
    still: async (pid, act) => {
      await suspend('suspend', pid)
      try {
        return await act()
      } finally {
        await suspend('resume', pid)
      }
    },
  }
}
