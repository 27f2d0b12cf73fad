import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Wine } from '../wine.ts'
import type { Ended } from '../wine/run.ts'
import type { Caller } from './driver.ts'
import {
  gone,
  patience,
  startDrive,
  type Environment,
  type Started,
} from './start.ts'

const program = join(import.meta.dirname, 'bridge/serve.js')

/** A drive as programs on Linux see it. */
export interface Bridge {
  /** The folder that it is mounted at. */
  readonly point: string
  /** The process that serves it. */
  readonly pid: number
  /** What it was told and nobody foresaw: a line each. */
  errors(): string[]
  /** Takes it away; its exit code. */
  end(): Promise<number | null>
}

/** Mounts what is behind a control channel; files are opened for `caller`. */
export const bridgeTo = async (
  port: number,
  { pid = 4, token = 0 }: Caller = {},
): Promise<Bridge> => {
  const args = [port, pid, token].map(String)
  // of a process group of its own: it outlives that of the suite
  const child = spawn(process.execPath, [program, ...args], {
    detached: true,
    stdio: 'pipe',
  })
  let [said, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', text => (said += text))
  child.stderr.setEncoding('utf8').on('data', text => (errors += text))
  let isOver = false
  const ended = once(child, 'close').then(([code]) => {
    isOver = true
    return code as number | null
  })
  let point: string | undefined
  while (point === undefined) {
    if (isOver) throw new Error(`no bridge: ${errors}`)
    await sleep(10)
    point = said.match(/^mounted (.*)\n/)?.[1]
  }
  const folder = point
  return {
    point: folder,
    pid: child.pid as number,
    errors: () => errors.split('\n').filter(line => line !== ''),
    end: async () => {
      child.stdin.end()
      const code = await ended
      // one that was killed could not
      while (spawnSync('umount', ['-l', folder]).status === 0) continue
      if (existsSync(folder)) rmdirSync(folder)
      return code
    },
  }
}

/**
 * Gives the programs of a prefix a drive letter for a bridge. Not those of the
 * prefix that serves it: Wine's server opens files itself and waits for the
 * answer, so that those who have to give it wait for the server.
 */
export const letterFor = (
  readers: Wine,
  host: Wine,
  { point }: Bridge,
  letter = 'P',
): void => {
  if (readers.folder === host.folder)
    throw new Error('the prefix of who serves a drive cannot read it')
  const name = `${letter.toLowerCase()}:`
  symlinkSync(point, join(readers.folder, 'prefix/dosdevices', name))
}

export interface BridgeOptions {
  /** The prefix that the file system runs in. */
  readonly wine: Wine
  /** A Windows program that mounts a drive, and its arguments. */
  readonly program: string
  readonly args: readonly string[]
  readonly environment?: Environment
  /** Whom files are opened for. */
  readonly caller?: Caller
}

export interface Bridged extends Started {
  readonly bridge: Bridge
  /** Takes the bridge away, stops the volume, and waits for its program. */
  end(): Promise<Ended>
}

/** Starts a file system, and the bridge to it once it has mounted. */
export const startBridge = async (
  t: Test,
  { wine, program, args, environment, caller }: BridgeOptions,
): Promise<Bridged> => {
  const started = await startDrive(wine, program, args, environment)
  const { driver, running, port } = started
  const until = performance.now() + patience * 1000
  for (;;) {
    const { state, mountPoint } = await driver.stats()
    if (state === 'ready' && mountPoint !== '') break
    if (performance.now() > until) throw new Error(`not mounted: ${state}`)
    await sleep(20)
  }
  const bridge = await bridgeTo(port, caller)
  t.teardown(bridge.end)
  void gone(running).then(bridge.end)
  return {
    ...started,
    bridge,
    end: async () => {
      await bridge.end()
      await driver.stop()
      return running.ended
    },
  }
}
