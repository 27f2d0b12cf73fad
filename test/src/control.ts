import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { listen, pipeOf, tell } from '../../src/control.ts'

// elsewhere than on Windows the name of a pipe is that of a socket, here
const folder = mkdtempSync(join(tmpdir(), 'winprocfs-control-'))
const before = process.cwd()
process.chdir(folder)
t.teardown(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

/** What a server says to a text before it closes, or once it has said all. */
const said = (identity: string, ...texts: readonly string[]): Promise<string> =>
  new Promise(resolve => {
    let answer = ''
    const socket = connect(pipeOf(identity))
    socket.on('data', bytes => {
      answer += String(bytes)
      if (answer.endsWith('\n')) socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
    for (const text of texts) setImmediate(() => socket.write(text))
  })

/** Ends a server, and all who talk to it, as the end of its process would. */
const ended = (server: Server, sockets: readonly Socket[]): Promise<void> => {
  for (const socket of sockets) socket.destroy()
  return new Promise(resolve => server.close(() => resolve()))
}

/** A server, and what ends it. */
const serving = async (identity: string, stop: () => void) => {
  const server = await listen(identity, stop)
  const sockets: Socket[] = []
  server.on('connection', socket => sockets.push(socket))
  return { close: () => ended(server, sockets) }
}

t.test('a server is told once, by the one question that there is', async t => {
  let asked = 0
  const { close } = await serving('one', () => asked++)
  for (const wrong of ['unmount P:\n', 'stop\n', '\n', 'unmount\nunmount\n'])
    t.equal(await said('one', wrong), '', JSON.stringify(wrong))
  t.equal(asked, 0)
  t.equal(await said('one', 'unm', 'ount', '\n'), `${process.pid}\n`)
  t.equal(asked, 1)
  await close()
})

t.test('whoever tells it waits until it has ended', async t => {
  const { close } = await serving('two', () =>
    setTimeout(() => void close(), 200),
  )
  const began = performance.now()
  t.equal(await tell('two', 60_000), 'ended')
  t.ok(performance.now() - began >= 190)
})

t.test('one that does not end is told by its number', async t => {
  const { close } = await serving('three', () => {})
  await t.rejects(tell('three', 300), {
    code: 'ETIMEDOUT',
    message: `process ${process.pid} does not end`,
  })
  await close()
})

t.test('where nobody listens there is none', async t => {
  t.equal(await tell('four', 60_000), 'none')
})

t.test('who does not answer has refused', async t => {
  const server = createServer(socket => socket.destroy())
  await new Promise<void>(resolve => server.listen(pipeOf('five'), resolve))
  t.equal(await tell('five', 60_000), 'refused')
  await ended(server, [])
})

const strangers: readonly (readonly [string, string])[] = [
  ['says what is no number', '\u001b[2Jgone\n'],
  ['says a number and more', '1234\nand more'],
  ['says a number without its end', '1234'],
  ['says too much', '1'.repeat(100_000)],
]

/** Asks a server that is none of ours, and what it does is `act`. */
const askStranger = async (
  identity: string,
  act: (socket: Socket) => void,
): Promise<string> => {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket)
    socket.on('error', () => {})
    act(socket)
  })
  await new Promise<void>(resolve => server.listen(pipeOf(identity), resolve))
  const told = await tell(identity, 60_000)
  await ended(server, sockets)
  return told
}

t.test('who is no server of ours has ended nothing', async t => {
  for (const [index, [what, text]] of strangers.entries()) {
    const told = askStranger(`stranger ${index}`, each => each.end(text))
    t.equal(await told, 'refused', what)
  }
})

t.test('who says too much is not listened to any longer', async t => {
  const loud = '1'.repeat(100_000)
  t.equal(await askStranger('loud', each => each.write(loud)), 'refused')
})

t.test('a name is had once', async t => {
  const { close } = await serving('six', () => {})
  await t.rejects(
    listen('six', () => {}),
    { code: 'EADDRINUSE' },
  )
  t.not(pipeOf('six'), pipeOf('seven'))
  await close()
})
