import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Answer {
  /** NTSTATUS, unsigned. */
  readonly status: number
  readonly body: Buffer
}

interface Waiting {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/** The stand-in's process has ended, or was never there. */
export class Gone extends Error {}

/** The control channel of the stand-in; driver/control.c tells its form. */
export class Channel {
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  #rest: Buffer = Buffer.alloc(0)
  #id = 0
  /** Comes when the stand-in is gone. */
  readonly closed: Promise<void>

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', part => this.#take(part))
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values())
        reject(new Gone('the stand-in is gone'))
      this.#waiting.clear()
    })
    this.closed = new Promise(resolve => socket.on('close', resolve))
  }

  static async connect(port: number): Promise<Channel> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Channel(socket)
  }

  /** Sends a request; its number, and its answer when that comes. */
  send(
    verb: number,
    ...body: readonly Uint8Array[]
  ): { id: number; answer: Promise<Answer> } {
    const id = ++this.#id
    const size = body.reduce((sum, part) => sum + part.length, 0)
    const header = Buffer.alloc(12)
    header.writeUInt32LE(8 + size, 0)
    header.writeUInt32LE(verb, 4)
    header.writeUInt32LE(id, 8)
    const answer = new Promise<Answer>((resolve, reject) => {
      if (this.#socket.destroyed) reject(new Gone('the stand-in is gone'))
      else this.#waiting.set(id, { resolve, reject })
    })
    this.#socket.write(Buffer.concat([header, ...body]))
    return { id, answer }
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(part: Buffer): void {
    let rest =
      this.#rest.length === 0 ? part : Buffer.concat([this.#rest, part])
    while (rest.length >= 4) {
      const end = 4 + rest.readUInt32LE(0)
      if (rest.length < end) break
      this.#deliver(rest.subarray(4, end))
      rest = rest.subarray(end)
    }
    this.#rest = rest
  }

  #deliver(message: Buffer): void {
    const id = message.readUInt32LE(0)
    this.#waiting.get(id)?.resolve({
      status: message.readUInt32LE(4),
      body: message.subarray(8),
    })
    this.#waiting.delete(id)
  }
}
