import type { Wine } from '../wine.ts'
import type { Program } from './client.ts'
import { startNode, type Started } from './start.ts'

const fixture = 'dist/test/fixtures/gated.js'

/** The processes of test/fixtures/gated.ts, mounted. */
export interface Gated extends Started {
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
  ...args: readonly string[]
): Promise<Gated> => {
  const mount = ['dist/src/cli.js', 'mount', '--provider', fixture, ...args]
  const preload = ['--import', `./${fixture}`]
  const started = await startNode(wine, dll, [...preload, ...mount])
  const program = started.drive.program()
  const comm = async (pid: number): Promise<string> =>
    (await program.readFile(`\\proc\\${pid}\\comm`)).toString().trim()
  return {
    ...started,
    program,
    shut: async () => void (await comm(1)),
    open: async () => void (await comm(2)),
    inside: async () => Number(await comm(3)),
  }
}
