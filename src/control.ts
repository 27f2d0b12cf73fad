import { createHash } from 'node:crypto'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { codeOf, Errno } from '../provider/errno.ts'

/**
 * How a mount on Windows is told to end: its server listens at a named pipe,
 * whose name comes of what the mount is. Windows gives such a pipe the
 * descriptor that it has for those who name none (CreateNamedPipe): the user
 * who made it, administrators and the system may write to it, all others only
 * read, which here tells nothing and asks for nothing.
 */
export const pipeOf = (identity: string): string => {
  const hash = createHash('sha256').update(identity).digest('hex')
  return `\\\\.\\pipe\\winprocfs-${hash.slice(0, 32)}`
}

const question = 'unmount\n'

/**
 * The server's pid. Anybody may have made a pipe of that name before it: no
 * other text counts as an answer, nor is shown to people.
 */
const answer = /^(\d{1,10})\n$/

/** Characters of the longest answer. */
const longest = 11

/** Milliseconds that one who says nothing is listened to. */
const attention = 5000

const answerTo = (socket: Socket, stop: () => void): void => {
  let said = ''
  // who went away meanwhile is no concern of ours
  socket.on('error', () => {})
  socket.setTimeout(attention, () => socket.destroy())
  socket.setEncoding('latin1').on('data', (text: string) => {
    said += text
    if (question.startsWith(said) && said !== question) return
    if (said !== question) return void socket.destroy()
    // open until this process has ended, which is the answer
    socket.setTimeout(0)
    socket.write(`${process.pid}\n`)
    stop()
  })
}

/**
 * Calls `stop` once it is asked to end the mount of that identity. Rejects
 * where the pipe is not to be had.
 */
export const listen = (identity: string, stop: () => void): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(socket => answerTo(socket, stop))
    server.on('error', reject)
    server.listen(pipeOf(identity), () => resolve(server))
  })

/** How asking came out; `refused`: no server of ours, or we may not ask. */
export type Told = 'ended' | 'refused' | 'none'

/**
 * Asks the server of a mount to end, and waits until its process has. ETIMEDOUT
 * after `patience` milliseconds.
 */
export const tell = (identity: string, patience: number): Promise<Told> =>
  new Promise((resolve, reject) => {
    const socket = connect(pipeOf(identity))
    let said = ''
    const pidOf = (): string | undefined => answer.exec(said)?.[1]
    const timer = setTimeout(() => {
      const pid = pidOf()
      const who = pid === undefined ? 'its server' : `process ${pid}`
      reject(new Errno('ETIMEDOUT', `${who} does not end`))
      socket.destroy()
    }, patience)
    let failed: string | undefined
    socket.on('error', error => (failed = codeOf(error)))
    socket.setEncoding('latin1').on('data', (text: string) => {
      said += text
      if (said.length > longest) socket.destroy()
    })
    socket.on('connect', () => socket.write(question))
    socket.on('close', () => {
      clearTimeout(timer)
      // a pipe that ends is told as an error or as none
      if (pidOf() !== undefined) resolve('ended')
      else resolve(failed === 'ENOENT' ? 'none' : 'refused')
    })
  })
