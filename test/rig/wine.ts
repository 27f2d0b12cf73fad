/**
 * Windows as tests have it on Linux: the built code in Node for Windows, and
 * Windows programs, under Wine, in a prefix that is a suite's own and ends
 * with it.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { feed } from './wine/feed.ts'
import { nodeFor, runFolder, type NodeVersion } from './wine/place.ts'
import { guarded, newPrefix } from './wine/prefix.ts'
import { run, type Ended, type Running } from './wine/run.ts'
import { newStage, windowsPath } from './wine/stage.ts'

export { windowsPath }
export type { Ended, Running }

/** A program that has said what it is and waits to be told to end. */
export interface Target extends Running {
  /** Its pid on Windows, as it told itself. */
  readonly pid: number
  /** What it said before `ready`. */
  readonly lines: readonly string[]
  /** Has it say how it is now: the rest of its line `checksum …`. */
  checksum(): Promise<string>
  /** Tells it to end, and comes back when it has. */
  end(): Promise<void>
}

interface Options {
  /** Variables of its environment, beside our own. */
  readonly env?: NodeJS.ProcessEnv
  /** Seconds after which it is killed. */
  readonly limit?: number
  readonly version?: NodeVersion
}

export interface Wine {
  /** The folder that programs start in: the repository, as Node needs it. */
  readonly stage: string
  /** A folder for files of tests, removed with the rest. */
  readonly folder: string
  /** The path of Node for Windows. */
  nodePath(version?: NodeVersion): string
  /** Starts a Windows program. */
  spawn(program: string, ...args: readonly string[]): Promise<Running>
  /** Runs a Windows program to its end. */
  run(
    program: string,
    args?: readonly string[],
    options?: Options,
  ): Promise<Ended>
  /** Runs a script, `dist/…js`, in Node for Windows to its end. */
  node(
    script: string,
    args?: readonly string[],
    options?: Options,
  ): Promise<Ended>
  /** Runs a compiled suite, `dist/test/wine/…js`; it counts as part of `t`. */
  suite(t: Test, name: string, script: string, options?: Options): Promise<void>
  /**
   * Starts a program of test/fixtures/c/windows, which all know how to wait:
   * it gets the path of its stop file, then `args`.
   */
  target(program: string, ...args: readonly string[]): Promise<Target>
  /** The same of another Node for Windows. */
  nodeTarget(): Promise<Target>
  /** Ends the prefix and all that runs in it. */
  end(): Promise<void>
}

/** Seconds: much more than anything here takes on a busy machine. */
const patience = 240

/** Sets a prefix up; without `t` it has to be ended. */
export const startWine = async (t?: Test): Promise<Wine> => {
  const folder = runFolder()
  const end = guarded(folder)
  t?.teardown(end)
  newPrefix(folder)
  const stage = newStage(folder)

  const toEnd: Wine['run'] = async (program, args = [], options = {}) => {
    const { env, limit = patience } = options
    const running = await run(folder, program, args, env)
    const timer = setTimeout(() => void running.kill(), limit * 1000)
    const ended = await running.ended
    clearTimeout(timer)
    return ended
  }

  const node: Wine['node'] = (script, args = [], options = {}) =>
    toEnd(
      nodeFor(options.version ?? 22),
      ['--enable-source-maps', script, ...args],
      options,
    )

  let stops = 0
  const target = async (
    program: string,
    before: readonly string[],
    after: readonly string[],
  ): Promise<Target> => {
    const stop = join(folder, `stop-${stops++}`)
    const args = [...before, windowsPath(stop), ...after]
    const running = await run(folder, program, args)
    await running.line(/^ready$/, patience)
    const [, pid] = await running.line(/^pid (\d+)$/)
    const all = running.stdout().split('\n')
    return {
      ...running,
      pid: Number(pid),
      lines: all.slice(0, all.indexOf('ready')),
      checksum: async () => {
        const before = running.stdout().length
        writeFileSync(`${stop}.check`, '')
        while (existsSync(`${stop}.check`)) {
          if (await isOver(running)) throw new Error(`${program} has ended`)
          await sleep(10)
        }
        const told = running.stdout().slice(before)
        return told.match(/^checksum (.*)$/m)?.[1] ?? `none: ${told}`
      },
      end: async () => {
        writeFileSync(stop, '')
        await running.ended
        rmSync(stop)
      },
    }
  }

  return {
    stage,
    folder,
    nodePath: (version = 22) => nodeFor(version),
    spawn: (program, ...args) => run(folder, program, args),
    run: toEnd,
    node,
    suite: async (t, name, script, options) =>
      feed(t, name, await node(script, [], options)),
    target: (program, ...args) => target(program, [], args),
    nodeTarget: () =>
      target(nodeFor(22), ['dist/test/rig/wine/waiting.js'], []),
    end,
  }
}

const isOver = ({ ended }: Running): Promise<boolean> =>
  Promise.race([ended.then(() => true), sleep(0, false)])
