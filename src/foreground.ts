import { log } from './log.ts'
import { named, textOfError } from './message.ts'
import { mount, type Mounted, type MountOptions } from './mount.ts'

const isWindows = process.platform === 'win32'

const { leave } = await (isWindows
  ? import('../fs/winfsp/kernel.ts')
  : import('../fs/fuse/libc.ts'))

export { leave }

/** On Windows: Ctrl-C, Ctrl-Break, and the console is closed. */
const signals = isWindows
  ? (['SIGINT', 'SIGBREAK', 'SIGHUP'] as const)
  : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)

/**
 * Milliseconds after a signal for which another one is the same: npm passes on
 * a Ctrl-C that the terminal has sent here as well.
 */
const echo = 1000

/**
 * Whatever ends this process, the mount goes first; a second signal hurries.
 * SIGUSR1 tells what programs hold of the mount, as of when it last was idle.
 * Set up before there is a mount: there is no moment without. Yields what a
 * signal does.
 */
const guard = (mounted: () => Mounted | undefined): (() => void) => {
  const abandon = (): void => mounted()?.abandon()
  const stop = async (): Promise<void> => {
    await mounted()?.stop()
    leave(0)
  }
  let asked: number | undefined
  for (const signal of signals)
    process.on(signal, () => {
      const now = performance.now()
      if (asked === undefined) void stop()
      else if (now - asked > echo) leave(1)
      asked ??= now
    })
  process.on('SIGUSR1', () => {
    const held = mounted()?.held()
    if (!held) return
    const { nodes, files, directories } = held
    log(`held: ${nodes} nodes, ${files} files, ${directories} directories`)
  })
  process.on('exit', abandon)
  process.on('uncaughtException', error => {
    log(textOfError(error))
    abandon()
    leave(1)
  })
  return () => void stop()
}

/**
 * On Windows `winprocfs unmount` asks us to end; elsewhere the kernel tells. A
 * mount that it cannot find is a mount all the same.
 */
const listenAt = async (
  point: string,
  unc: string | undefined,
  stop: () => void,
): Promise<void> => {
  const { identitiesOf } = await import('../fs/winfsp/mounted.ts')
  const { listen } = await import('./control.ts')
  try {
    for (const identity of identitiesOf(point, unc))
      await listen(identity, stop)
  } catch (error) {
    log(
      named(
        point,
        `"winprocfs unmount" will not find it: ${textOfError(error)}`,
      ),
    )
  }
}

/**
 * Mounts and serves until a signal comes or it is unmounted from outside; the
 * exit code. `told` is called once programs can open files. The process must
 * then end by `leave`: a thread that hangs in a call outlives any other exit.
 */
export const serveMount = async (
  options: MountOptions,
  told: (mounted: Mounted) => void,
): Promise<number> => {
  let guarded: Mounted | undefined
  const stop = guard(() => guarded)
  const mounted = (guarded = await mount(options))
  // if its parent dies before it hears of the mount, nobody will unmount it
  const orphaned = (): void => void mounted.stop().then(() => leave(1))
  process.once('disconnect', orphaned)
  await Promise.race([mounted.ready, mounted.ended])
  process.off('disconnect', orphaned)
  if (isWindows) await listenAt(mounted.point, options.unc, stop)
  told(mounted)
  const ending = await mounted.ended
  if (ending === 'unmounted')
    log(named(mounted.point, 'unmounted from outside'))
  return ending === 'gone' ? 1 : 0
}
