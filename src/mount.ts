import { lstatSync, rmdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { View } from '../fs/document/document.ts'
import type { Ending, Held, Host } from '../fs/host.ts'
import { hostOf, type HostName } from '../fs/index.ts'
import { codeOf } from '../provider/errno.ts'
import type { Source } from '../provider/index.ts'
import { log } from './log.ts'
import { named } from './message.ts'
import type { Pool, Port, Through } from './pool.ts'
import { serve } from './serve.ts'
import { newTable } from './table.ts'
import type { LoopData, LoopMessage, Shared, WalkerData } from './threads.ts'
import { Watchdog } from './watchdog.ts'

export interface MountOptions {
  readonly point: string
  readonly host: HostName
  readonly source: Source
  readonly view: View
  /** Milliseconds that a render may take. */
  readonly deadline: number
  /** Threads that walk; `spares` for each may be started as others hang. */
  readonly walkers?: number | undefined
  /** Seconds, see HostOptions. */
  readonly cache?: number | undefined
  /** See HostOptions. */
  readonly size?: 'exact' | 'zero' | undefined
  /** See HostOptions; the point may be '' then. */
  readonly unc?: string | undefined
  /** Makes the mount point if it is not there, and removes it at the end. */
  readonly mkdir?: boolean | undefined
}

/** Hanging walkers that are replaced, for each that should work. */
const spares = 4

/** Milliseconds that a stop waits for the loop to end by itself. */
const patience = 2000

/**
 * The texts are shared memory, which V8 does not count as garbage: only a small
 * young generation, collected often, gives them back soon.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 4 }

const thread = (name: string): URL => new URL(`./${name}.js`, import.meta.url)

/** A mount that is up, or coming up. */
export interface Mounted {
  /** Absolute, without links. */
  readonly point: string
  /** Once programs can open it. */
  readonly ready: Promise<void>
  /** How it ended; rejects when the loop failed. */
  readonly ended: Promise<Ending>
  /** What programs hold of it, as of when it last had nothing to do. */
  held(): Held
  /** Unmounts and ends everything; what was pending is answered. */
  stop(): Promise<void>
  /** The same at once and without waiting, for when the process must go. */
  abandon(): void
}

/** Starts the loop: in a worker if it blocks, else here. */
const startLoop = (
  host: Host,
  data: LoopData,
  ready: () => void,
): Promise<Ending> => {
  if (!host.blocks) {
    return serve(host, data, ready, (pool: Pool, port) => {
      const listen = (from: typeof port): void => {
        from.on('message', (message: Through | Port) => {
          if ('port' in message) listen(message.port)
          else pool.take(message)
        })
      }
      listen(port)
    })
  }
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread('loop'), {
      workerData: data,
      transferList: [data.port],
      resourceLimits,
    })
    worker.on('message', (message: LoopMessage) => {
      if ('ended' in message) resolve(message.ended)
      else
        try {
          host.attach?.(data.channel)
          ready()
        } catch (error) {
          reject(error as Error)
        }
    })
    worker.on('error', reject)
    worker.on('exit', code => {
      reject(new Error(`the loop ended by itself (exit code ${code})`))
    })
  })
}

/**
 * Mounts: opens the host, starts loop and walkers, and watches over them. The
 * caller ends the process once it has ended, by `_exit`: a walker that hangs
 * in a system call would keep any other exit waiting.
 */
export const mount = async (options: MountOptions): Promise<Mounted> => {
  const { cache, size, unc } = options
  const host = await hostOf(options.host)
  const makes =
    options.mkdir === true && !host.makesPoint && !isThere(options.point)
  const point = host.prepare(options.point, makes, { cache, size, unc })
  const tidy = (): void => {
    if (makes) removeDirectory(point)
  }
  const channel = orElse(tidy, () =>
    host.open(point, { cache, size, unc }, log),
  )
  const takeAway = (): void => {
    logged(point, () => host.unmount(channel))
    tidy()
  }
  return orElse(takeAway, () =>
    run(options, { host, channel, point, takeAway }),
  )
}

/** What is mounted, and how it is taken away. */
interface Place {
  readonly host: Host
  readonly channel: unknown
  readonly point: string
  readonly takeAway: () => void
}

const run = (
  options: MountOptions,
  { host, channel, point, takeAway }: Place,
): Mounted => {
  const { deadline } = options
  const table = newTable()
  const { port1, port2 } = new MessageChannel()
  const shared: Shared = {
    host: options.host,
    channel,
    source: options.source,
    view: options.view,
    table: table.buffer,
    deadline,
  }

  const startWalker = (number: number): void => {
    const { port1: near, port2: far } = new MessageChannel()
    const message: Port = { port: far }
    port1.postMessage(message, [far])
    Atomics.add(table.words, table.at.posted, 1)
    const data: WalkerData = { ...shared, number, port: near }
    const worker = new Worker(thread('walker'), {
      workerData: data,
      transferList: [near],
      resourceLimits,
    })
    worker.on('error', error => log(`walker ${number}: ${error.stack}`))
    worker.on('exit', () => {
      if (!stopping) watchdog.died(number)
    })
  }

  let stopping = false
  const wanted = options.walkers ?? Math.max(2, availableParallelism())
  const answer = (host.answer ?? host.relay)?.(channel)
  const watchdog = new Watchdog({
    table,
    walkers: {
      start: startWalker,
      post: through => port1.postMessage(through),
      log,
    },
    answer: answer ?? (() => {}),
    wanted,
    bound: wanted * (1 + spares),
    deadline,
  })
  const timer = setInterval(() => watchdog.tick(), watchdog.period)

  const abandon = (): void => {
    if (stopping) return
    stopping = true
    clearInterval(timer)
    takeAway()
    watchdog.stop()
    host.wake(channel)
  }

  /** What a walker is about to write to must still be there. */
  const giveBack = async (): Promise<void> => {
    if (!host.close) return
    // what the loop gave to the walkers after the first stop
    watchdog.stop()
    const end = performance.now() + patience / 4
    while (watchdog.isAnswering && performance.now() < end) await sleep(5)
    if (!watchdog.isAnswering) logged(point, () => host.close?.(channel))
  }

  let up = (): void => {}
  const ready = new Promise<void>(resolve => (up = resolve))
  const ended = startLoop(host, { ...shared, port: port2 }, up)
    // our own unmount is seen by the loop, too, and may be seen first
    .then((ending): Ending => (stopping ? 'stopped' : ending))
    .finally(abandon)
    .finally(giveBack)
  // who waits for `ended` hears of it; nobody else must
  ended.catch(() => {})
  const stop = async (): Promise<void> => {
    abandon()
    const late = new Promise(resolve => setTimeout(resolve, patience).unref())
    await Promise.race([ended.catch(() => {}), late])
  }
  const held = (): Held => ({
    nodes: table.words[table.at.nodes] as number,
    files: table.words[table.at.files] as number,
    directories: table.words[table.at.directories] as number,
  })
  return { point, ready, ended, held, stop, abandon }
}

/** Whether there is anything, also a mount that has lost its server. */
const isThere = (path: string): boolean => {
  try {
    return Boolean(lstatSync(path))
  } catch (error) {
    return codeOf(error) !== 'ENOENT'
  }
}

/** What `attempt` returns; `tidy` first if it throws. */
const orElse = <T>(tidy: () => void, attempt: () => T): T => {
  try {
    return attempt()
  } catch (error) {
    tidy()
    throw error
  }
}

/** Runs `attempt`; a failure is told to the log alone. */
const logged = (point: string, attempt: () => void): void => {
  try {
    attempt()
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    log(named(point, text))
  }
}

/** Removes what --mkdir made, unless something else has moved in. */
const removeDirectory = (point: string): void =>
  logged(point, () => rmdirSync(point))
