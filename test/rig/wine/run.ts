import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { environment } from './prefix.ts'

/** How a program ended, and all that it wrote. */
export interface Ended {
  /** Exit code; null for one that was killed. */
  readonly code: number | null
  readonly stdout: string
  /** Without what Wine has to say: of services that fault as they start. */
  readonly stderr: string
}

/** A program that runs under Wine. */
export interface Running {
  /** Its pid on this machine, not the one that Windows knows. */
  readonly linux: number
  /** What it wrote up to now, with the ends of lines of this machine. */
  stdout(): string
  /** The same, as it is. */
  bytes(): Buffer
  /** Waits until it has written a line like this; throws where it ends. */
  line(pattern: RegExp, seconds?: number): Promise<RegExpMatchArray>
  readonly ended: Promise<Ended>
  kill(): Promise<void>
}

let count = 0

/** How often a program that never began is started again. */
const more = 10

/**
 * Starts a Windows program. It writes into files: Wine makes of our pipes some
 * that Node for Windows cannot use.
 *
 * Under Wine one now and then never begins (seen in Wine 8, on a busy machine):
 * exit code 1 and not a word, neither of its own nor of Wine. Then it is
 * started again. One that says nothing and ends so each time is told as that.
 */
export const run = async (
  folder: string,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Running> => {
  const name = join(folder, `output-${count++}`)
  const [out, err] = [`${name}.out`, `${name}.err`]
  const start = async (): Promise<ChildProcess> => {
    const files = [openSync(out, 'w'), openSync(err, 'w')] as const
    const child = spawn('wine', [program, ...args], {
      cwd: join(folder, 'stage'),
      stdio: ['ignore', ...files],
      env: { ...environment(folder), ...env },
    })
    files.forEach(closeSync)
    await once(child, 'spawn')
    return child
  }
  let child = await start()
  let isOver = false
  let isKilled = false
  const toEnd = async (left: number): Promise<number | null> => {
    const [code] = (await once(child, 'exit')) as [number | null]
    const isMute = statSync(out).size + statSync(err).size === 0
    if (code !== 1 || !isMute || isKilled || left === 0) return code
    child = await start()
    // killed while it was started
    if (isKilled) child.kill('SIGKILL')
    return toEnd(left - 1)
  }
  const textOf = (file: string): string =>
    readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
  const stdout = (): string => textOf(out)
  const ended = toEnd(more).then((code): Ended => {
    isOver = true
    return {
      code,
      stdout: stdout(),
      stderr: textOf(err).replaceAll(/^wine: .*\n/gm, ''),
    }
  })
  return {
    get linux() {
      return child.pid as number
    },
    stdout,
    bytes: () => readFileSync(out),
    ended,
    line: async (pattern, seconds = 60) => {
      const until = performance.now() + seconds * 1000
      for (;;) {
        const over = isOver
        for (const line of stdout().split('\n').slice(0, -1)) {
          const match = line.match(pattern)
          if (match !== null) return match
        }
        if (over || performance.now() > until) break
        await sleep(20)
      }
      const why = isOver ? 'ended' : `took ${seconds} s`
      throw new Error(
        `${program} ${why} without ${pattern}: ${stdout()}${textOf(err)}`,
      )
    },
    kill: async () => {
      isKilled = true
      child.kill('SIGKILL')
      await ended
    },
  }
}
