import { spawn } from 'node:child_process'
import { writeSync } from 'node:fs'

/**
 * Starts this program anew with `args`, in a session of its own, and returns
 * once it has called `detach` or ended: its pid, or its exit code. What it
 * writes to standard error until then is passed on, and lost later.
 */
export const startDaemon = (
  args: readonly string[],
): Promise<{ pid: number } | { code: number }> =>
  new Promise((resolve, reject) => {
    const script = process.argv[1] as string
    const child = spawn(process.execPath, [script, ...args], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    child.stderr?.on('data', (bytes: Uint8Array) => writeSync(2, bytes))
    child.once('error', reject)
    child.once('close', code => resolve({ code: code ?? 1 }))
    child.once('message', () => {
      child.disconnect()
      child.stderr?.destroy()
      child.unref()
      resolve({ pid: child.pid as number })
    })
  })

/** Whether `startDaemon` started this process and waits for it. */
export const isDaemon = (): boolean => process.send !== undefined

/** Lets the parent go; from now on this process holds no directory. */
export const detach = (): void => {
  process.send?.('ready')
  process.chdir('/')
}
