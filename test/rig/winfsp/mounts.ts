import { connect } from 'node:net'
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

/** When a port of this machine is closed, since its process has ended. */
export const closed = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', error => {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ECONNREFUSED' || code === 'ECONNRESET') resolve()
      else reject(error)
    })
    socket.on('close', failed => {
      if (!failed) resolve()
    })
    socket.resume()
  })
