import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { windowsPath, type Wine } from '../wine.ts'
import { run, type Ended, type Running } from '../wine/run.ts'
import { Drive } from './client.ts'
import { Driver } from './driver.ts'

/** What the stand-in reads in the environment of the file system. */
export interface Environment {
  /** The port of its control channel; any that is free by default. */
  readonly WINPROCFS_STANDIN_PORT?: string
  /** Where it writes that port. */
  readonly WINPROCFS_STANDIN_PORT_FILE?: string
  /** Where it appends violations as they are found. */
  readonly WINPROCFS_STANDIN_REPORT?: string
  /** What FspVersion tells: 0x20001 by default. */
  readonly WINPROCFS_STANDIN_VERSION?: string
  /** NTSTATUS of these calls. */
  readonly WINPROCFS_STANDIN_PREFLIGHT?: string
  readonly WINPROCFS_STANDIN_CREATE?: string
  readonly WINPROCFS_STANDIN_MOUNT?: string
}

/** A file system in front of the stand-in. */
export interface Started {
  readonly running: Running
  readonly driver: Driver
  readonly drive: Drive
  /** Of the control channel. */
  readonly port: number
  /** What the stand-in wrote of violations; also when it has ended. */
  report(): string[]
}

let count = 0

/** Seconds within which a file system makes its volume, and mounts. */
export const patience = 60

/**
 * When a file system has ended, and what it had sent has come. Wine's server
 * does not always close the sockets of one that was killed.
 */
export const gone = async ({ ended }: Running): Promise<void> => {
  await ended
  await sleep(500, undefined, { ref: false })
}

/** Starts a file system and connects to its driver. */
export const startDrive = async (
  wine: Wine,
  program: string,
  args: readonly string[],
  environment: Environment = {},
): Promise<Started> => {
  const name = join(wine.folder, `standin-${count++}`)
  const [told, report] = [`${name}.port`, `${name}.report`]
  const running = await run(wine.folder, program, args, {
    WINPROCFS_STANDIN_PORT_FILE: windowsPath(told),
    WINPROCFS_STANDIN_REPORT: windowsPath(report),
    ...environment,
  })
  const ended = running.ended.then(end => ({ end }))
  const until = performance.now() + patience * 1000
  while (!existsSync(told)) {
    const over = await Promise.race([ended, sleep(20)])
    if (over !== undefined)
      throw new Error(`no volume: ${over.end.stdout}${over.end.stderr}`)
    if (performance.now() > until)
      throw new Error(`no volume in ${patience} s: ${running.stdout()}`)
  }
  const port = Number(readFileSync(told, 'utf8'))
  const driver = await Driver.connect(port)
  void gone(running).then(() => driver.close())
  return {
    running,
    driver,
    drive: await Drive.on(driver),
    port,
    report: () =>
      existsSync(report)
        ? readFileSync(report, 'utf8').trimEnd().split('\n')
        : [],
  }
}

export interface EchoOptions {
  readonly environment?: Environment
  /** Where it is mounted, if not at `P:`; a path of Windows. */
  readonly point?: string
  /** Milliseconds between its volume and its loop. */
  readonly pause?: number
}

/** The echo; mounted, unless it pauses. */
export const startEcho = async (
  wine: Wine,
  dll: string,
  { environment, point = 'P:', pause = 0 }: EchoOptions = {},
): Promise<Started & { end(how?: '' | 'rude'): Promise<Ended> }> => {
  const stop = join(wine.folder, `echo-stop-${count++}`)
  const started = await startDrive(
    wine,
    wine.nodePath(),
    [
      '--enable-source-maps',
      'dist/test/rig/winfsp/echo.js',
      windowsPath(dll),
      point,
      windowsPath(stop),
      String(pause),
    ],
    environment,
  )
  if (pause === 0) await started.running.line(/^mounted$/)
  return {
    ...started,
    end: (how = '') => {
      // whole at once, as it is looked for all the time
      writeFileSync(`${stop}.new`, how)
      renameSync(`${stop}.new`, stop)
      return started.running.ended
    },
  }
}
