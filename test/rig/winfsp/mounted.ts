import { setTimeout as sleep } from 'node:timers/promises'
import type { Wine } from '../wine.ts'
import type { Program } from './client.ts'
import { startNode, type Started } from './start.ts'

/** A mount of ./mount.ts. */
export interface Mount extends Started {
  /** On Windows. */
  readonly pid: number
  /** Waits until so many files are open there, and no directories. */
  hasOpen(files: number): Promise<void>
}

interface Options {
  readonly point?: string
  /** Milliseconds. */
  readonly deadline?: number
  readonly walkers?: number
}

/** Seconds. */
const patience = 60

export const startMount = async (
  wine: Wine,
  dll: string,
  provider: 'windows' | 'gated',
  { point = 'P:', deadline = 10_000, walkers = 2 }: Options = {},
): Promise<Mount> => {
  const script = 'dist/test/rig/winfsp/mount.js'
  const args = [script, provider, point, `${deadline}`, `${walkers}`]
  const started = await startNode(wine, dll, args)
  const { running } = started
  const [, pid] = await running.line(/^pid (\d+)$/)
  const hasOpen = async (files: number): Promise<void> => {
    const until = performance.now() + patience * 1000
    for (;;) {
      const held = running.stdout().trimEnd().split('\n').at(-1)
      if (held === `held ${files} 0`) return
      if (performance.now() > until) throw new Error(`${files}, but ${held}`)
      await sleep(50)
    }
  }
  return { ...started, pid: Number(pid), hasOpen }
}

/** The processes of test/fixtures/gated.ts, mounted. */
export interface Gated extends Mount {
  readonly program: Program
  shut(): Promise<void>
  open(): Promise<void>
  /** Walks that wait at the gate. */
  inside(): Promise<number>
}

export const mapsOf = (pid: number): string => `\\proc\\${pid}\\maps`

export const startGated = async (
  wine: Wine,
  dll: string,
  options?: Options,
): Promise<Gated> => {
  const mount = await startMount(wine, dll, 'gated', options)
  const program = mount.drive.program()
  const commOf = (pid: number): string => `\\proc\\${pid}\\comm`
  // its text is made when it is opened
  const act = async (pid: number): Promise<void> =>
    (await program.open(commOf(pid))).close()
  return {
    ...mount,
    program,
    shut: () => act(1),
    open: () => act(2),
    inside: async () => Number(await program.readFile(commOf(3))),
  }
}
