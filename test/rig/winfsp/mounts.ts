import { setTimeout as sleep } from 'node:timers/promises'
import { windowsPath, type Wine } from '../wine.ts'
import { startDrive, type Environment, type Started } from './start.ts'

export const cli = 'dist/src/cli.js'

/** The environment in which winprocfs takes the stand-in for WinFsp. */
export const standIn = (
  dll: string,
): { readonly WINPROCFS_WINFSP: string } => ({
  WINPROCFS_WINFSP: windowsPath(dll),
})

/** `winprocfs mount …` in Node for Windows, once it has said that it is up. */
export const startMount = async (
  wine: Wine,
  dll: string,
  args: readonly string[] = ['P:'],
  environment: Environment & NodeJS.ProcessEnv = {},
  before: readonly string[] = [],
): Promise<Started> => {
  const [program = '', ...rest] = [
    ...before,
    wine.nodePath(),
    '--enable-source-maps',
    cli,
    'mount',
    ...args,
  ]
  const started = await startDrive(wine, program, rest, {
    ...standIn(dll),
    ...environment,
  })
  await started.running.line(/^Ctrl-C unmounts/)
  return started
}

/** Whether it holds in the end: within a minute. */
export const until = async (
  holds: () => Promise<boolean>,
): Promise<boolean> => {
  const end = performance.now() + 60_000
  while (!(await holds())) {
    if (performance.now() > end) return false
    await sleep(20)
  }
  return true
}
