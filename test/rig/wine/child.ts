import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Starts a Windows program from Node for Windows, its stdout into a file that
 * is open, or nowhere. Wine 8.0 sometimes fails to on a busy machine, and does so when
 * asked again: `spawn UNKNOWN`, which Node throws, or tells by an event.
 */
export const child = async (
  program: string,
  args: readonly string[],
  output: number | 'ignore',
  options: Pick<SpawnOptions, 'cwd' | 'env' | 'windowsVerbatimArguments'> = {},
): Promise<ChildProcess & { readonly pid: number }> => {
  let why: unknown
  for (let left = 20; left > 0; left--) {
    try {
      const started = spawn(program, args, {
        ...options,
        stdio: ['ignore', output, 'ignore'],
      })
      started.on('error', error => (why = error))
      const { pid } = started
      if (pid !== undefined) return Object.assign(started, { pid })
    } catch (error) {
      why = error
    }
    await sleep(100)
  }
  throw why
}
