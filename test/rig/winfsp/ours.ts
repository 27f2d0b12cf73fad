/** `winprocfs mount P:` in Node for Windows, in front of the stand-in. */
import type { Test } from 'tap'
import { windowsPath, type Wine } from '../wine.ts'
import type { Ended } from '../wine/run.ts'
import { startBridge, type Bridged } from './bridge.ts'
import type { Caller } from './driver.ts'
import { startDrive, type Environment, type Started } from './start.ts'

export const cli = 'dist/src/cli.js'

export interface Mounting {
  readonly wine: Wine
  /** The stand-in, by its path of this machine. */
  readonly dll: string
  readonly environment?: Environment & NodeJS.ProcessEnv
}

const how = ({ wine, dll, environment }: Mounting) => ({
  program: wine.nodePath(),
  args: ['--enable-source-maps', cli, 'mount', 'P:'],
  environment: { WINPROCFS_WINFSP: windowsPath(dll), ...environment },
})

/** A mount, and how it is ended. */
export interface Mounted extends Started {
  end(): Promise<Ended>
}

/** Mounts our drive. */
export const mountOurs = async (mounting: Mounting): Promise<Mounted> => {
  const { program, args, environment } = how(mounting)
  const { wine } = mounting
  const started = await startDrive(wine, program, args, environment)
  await started.running.line(/^Ctrl-C unmounts/)
  return {
    ...started,
    end: async () => {
      await started.driver.stop()
      return started.running.ended
    },
  }
}

/** Mounts our drive, and that on Linux; files are opened for `caller`. */
export const bridgeOurs = (
  t: Test,
  { caller, ...mounting }: Mounting & { readonly caller?: Caller },
): Promise<Bridged> =>
  startBridge(t, {
    wine: mounting.wine,
    ...how(mounting),
    ...(caller && { caller }),
  })

/**
 * Runs a script in Node for Windows that tells why it fails, to its end: what
 * it wrote, as it is.
 */
export const scriptOf = async (
  wine: Wine,
  ...args: readonly string[]
): Promise<Buffer> => {
  const running = await wine.spawn(wine.nodePath(), ...args)
  const { code, stderr } = await running.ended
  if (code !== 0 || stderr !== '') throw new Error(`exit ${code}: ${stderr}`)
  return running.bytes()
}

/** What `winprocfs cat` prints of paths, as it is. */
export const catOurs = (
  wine: Wine,
  ...paths: readonly string[]
): Promise<Buffer> => scriptOf(wine, cli, 'cat', ...paths)

/** Bytes that have others between them. */
const split = (bytes: Buffer, between: Buffer): Buffer[] => {
  const at = bytes.indexOf(between)
  return at < 0
    ? [bytes]
    : [
        bytes.subarray(0, at),
        ...split(bytes.subarray(at + between.length), between),
      ]
}

/** The same of each path, by one call. */
export const eachOurs = async (
  wine: Wine,
  ...paths: readonly string[]
): Promise<readonly Buffer[]> => {
  // before each a text that none of them holds
  const version = '/proc/version'
  const between = await catOurs(wine, version)
  const all = await catOurs(wine, ...paths.flatMap(path => [version, path]))
  return split(all, between).slice(1)
}
