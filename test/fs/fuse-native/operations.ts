import t from 'tap'
import { constants } from 'node:os'
import { Filesystem } from '../../../fs/filesystem.ts'
import { handlersOf } from '../../../fs/fuse-native/handlers.ts'
import { Handles } from '../../../fs/fuse-native/handles.ts'
import { fold, operationsOf } from '../../../fs/fuse-native/operations.ts'
import { Waiting } from '../../../fs/fuse-native/waiting.ts'
import type { OpenFile, Renderer, Request } from '../../../fs/openfile.ts'
import { render, type Job } from '../../../fs/render.ts'
import { encode } from '../../../provider/text.ts'
import { system } from '../../fixtures/provider.ts'

const { ENOENT, ESRCH, EIO, EACCES, EBADF, EINVAL, EPERM, ENODEV, EISDIR } =
  constants.errno
const view = { dialect: 'linux', paths: 'mixed' } as const

/** Pool rows wait until `later` is called; inline ones are there at once. */
const rig = ({ uid = 0 } = {}) => {
  const machine = system({
    uptime: { up: 1, idle: 2 },
    processes: [
      { pid: 10, comm: 'ten', exe: '/bin/ten', cmdline: 'a\0' },
      {
        pid: 20,
        comm: () => {
          throw new TypeError('a fault')
        },
      },
    ],
  })
  const jobs: { job: Job; request: Request }[] = []
  const renderer: Renderer = {
    render: (job, request) => {
      if (job.node.row.where === 'inline') return render(machine, view, job)
      jobs.push({ job, request })
      return undefined
    },
    cancel: () => false,
  }
  const waiting = new Waiting()
  const files = new Handles<OpenFile>()
  const lines: string[] = []
  const state = { open: true, done: 0 }
  const handlers = handlersOf(
    operationsOf(
      new Filesystem(machine, renderer),
      { uid, gid: uid, tid: 0 },
      waiting,
      files,
    ),
    {
      isOpen: () => state.open,
      done: () => void state.done++,
      log: line => lines.push(line),
    },
  )
  /** What an operation ended with; undefined while it has not. */
  const ask = (name: string, ...args: unknown[]): unknown[] | undefined => {
    let ended: unknown[] | undefined
    const callback = (...reply: unknown[]): void => {
      if (ended) t.fail(`${name} ended twice`)
      ended = reply
    }
    const handler = handlers[name] as (...args: unknown[]) => void
    handler(...args, callback)
    return ended
  }
  /** Reads: the text, the error, or how to learn it later. */
  const read = (handle: unknown, size = 100, offset = 0) => {
    const buffer = Buffer.alloc(size)
    const seen: number[] = []
    const handler = handlers['read'] as (...args: unknown[]) => void
    const callback = (result: number): void => void seen.push(result)
    handler('', handle, buffer, size, offset, callback)
    return () => {
      const [result] = seen
      if (seen.length > 1) t.fail('ended twice')
      if (result === undefined || result < 0) return result
      return buffer.toString('latin1', 0, result)
    }
  }
  return { machine, handlers, ask, read, waiting, files, jobs, lines, state }
}

const open = (ask: ReturnType<typeof rig>['ask'], path: string): unknown =>
  ask('open', path, 0)?.[1]

t.test('attributes are those of the path', async t => {
  const { ask } = rig()
  t.match(ask('getattr', '/'), [0, { mode: 0o40555, ino: 1, nlink: 3 }])
  t.match(ask('getattr', '/proc/10/maps'), [0, { mode: 0o100444, size: 0 }])
  t.match(ask('getattr', '/proc/10/exe'), [0, { mode: 0o120777 }])
  t.same(ask('getattr', '/proc/11'), [-ENOENT])
  t.same(ask('getattr', '/nothing'), [-ENOENT])
})

t.test('what depends on who calls is not there', async t => {
  const { ask } = rig()
  for (const name of ['self', 'thread-self', 'mounts'])
    t.same(ask('getattr', `/proc/${name}`), [-ENOENT], name)
  const [, names] = ask('readdir', '/proc') as [number, string[]]
  // prettier-ignore
  t.same(names, ['.', '..', 'filesystems', 'stat', 'uptime', 'version', '10', '20'])
})

t.test('a listing tells type and inode, as stat does', async t => {
  const { ask } = rig()
  const [, names, listed] = ask('readdir', '/proc/10') as [
    number,
    string[],
    { mode: number; ino: number }[],
  ]
  const told = names.map(name => {
    const path = name === '..' ? '/proc' : `/proc/10/${name}`
    const [, stat] = ask('getattr', path.replace(/\/\.$/, '')) as [
      number,
      { mode: number; ino: number },
    ]
    return { mode: stat.mode & 0o170000, ino: stat.ino }
  })
  t.ok(names.includes('exe'))
  t.same(listed, told)
})

t.test('links tell where they lead', async t => {
  const { ask } = rig()
  t.same(ask('readlink', '/proc/10/exe'), [0, '/bin/ten'])
  t.same(ask('readlink', '/proc/10/cwd'), [-ENOENT])
  t.same(ask('readlink', '/proc/10/maps'), [-EINVAL])
})

t.test('a text at hand is read at once, in parts', async t => {
  const { ask, read, files, state } = rig()
  const handle = open(ask, '/proc/uptime')
  t.equal(read(handle)(), '1.00 2.00\n')
  t.equal(read(handle, 4)(), '1.00')
  t.equal(read(handle, 4, 4)(), ' 2.0')
  t.equal(read(handle, 4, 100)(), '')
  t.equal(files.size, 1)
  t.same(ask('release', '/proc/uptime', handle), [0])
  t.equal(files.size, 0)
  t.equal(read(handle)(), -EBADF)
  t.equal(state.done, 7, 'each operation is told')
})

t.test('a text that comes later is read when it comes', async t => {
  const { ask, read, waiting, jobs } = rig()
  const handle = open(ask, '/proc/10/cmdline')
  const [first, second] = [read(handle), read(handle, 3, 2)]
  t.same([first(), second()], [undefined, undefined])
  t.equal(waiting.size, 2)
  const [one, two] = jobs.map(({ request }) => request)
  waiting.answer(two as Request, encode('abcdefg'))
  t.equal(second(), 'cde')
  waiting.answer(one as Request, 'ETIMEDOUT')
  t.equal(first(), -constants.errno.ETIMEDOUT)
  waiting.answer(one as Request, encode('too late'))
  t.equal(waiting.size, 0)
})

t.test('whatever is thrown, an operation ends', async t => {
  const { ask, read, machine, lines } = rig()
  t.equal(read(open(ask, '/proc/20/comm'))(), -EIO)
  t.match(lines, [/TypeError: a fault/])
  const handle = open(ask, '/proc/10/comm')
  machine.end(10)
  t.equal(read(handle)(), -ESRCH)
  t.equal(read(4711)(), -EBADF)
  t.same(ask('open', '/proc', 0), [-EISDIR])
  t.same(ask('readdir', '/proc/10'), [-ENOENT])
  t.equal(lines.length, 1, 'errors that have a code are nobody’s fault')
})

t.test('rights are those of the one who mounted', async t => {
  const { ask } = rig({ uid: 5 })
  t.same(ask('open', '/proc/10/maps', 0), [-EACCES])
  t.same(ask('open', '/proc/10/comm', 1), [-EACCES])
  t.same(ask('access', '/proc/10/comm', 4), [0])
  t.same(ask('access', '/proc/10/comm', 2), [-EACCES])
  t.same(ask('truncate', '/proc/10/comm', 0), [-EACCES])
  t.same(ask('opendir', '/proc/10/task', 0), [0])
  t.same(ask('opendir', '/proc/10/comm', 0), [-constants.errno.ENOTDIR])
})

t.test('nothing is changed, and it is said as the kernel does', async t => {
  const { ask } = rig()
  for (const name of ['truncate', 'ftruncate'])
    t.same(ask(name, '/proc/10/comm', 0), [0], name)
  const path = '/proc/10/maps'
  t.same(ask('write', path, 1, Buffer.alloc(1), 1, 0), [-EINVAL])
  t.same(ask('create', '/proc/new', 0o600), [-ENOENT])
  t.same(ask('rename', path, '/proc/new'), [-ENOENT])
  for (const name of ['unlink', 'rmdir', 'chmod', 'chown', 'utimens'])
    t.same(ask(name, path, 0, 0), [-EPERM], name)
  t.match(ask('statfs', '/'), [0, { bsize: 4096, namemax: 255 }])
})

t.test('once it is to end, nobody is kept waiting', async t => {
  const { ask, read, state } = rig()
  const handle = open(ask, '/proc/10/maps')
  state.open = false
  t.equal(read(handle)(), -ENODEV)
  t.same(ask('getattr', '/'), [-ENODEV])
})

t.test('handles are numbers of 31 bits, and none is in use twice', async t => {
  const handles = new Handles<string>(0x7fff_fffe)
  t.equal(handles.add('a'), 0x7fff_ffff)
  t.equal(handles.add('b'), 1, '0 is none')
  const full = new Handles<string>(0)
  t.equal(full.add('a'), 1)
  t.throws(() => full.get(2), { code: 'EBADF' })
  const wrapped = new Handles<string>(0x7fff_fffd)
  const numbers = ['a', 'b', 'c'].map(name => wrapped.add(name))
  wrapped.delete(numbers[1] as number)
  t.same(numbers, [0x7fff_fffe, 0x7fff_ffff, 1])
  t.equal(wrapped.get(1), 'c')
})

t.test('inode numbers fit 32 bits', async t => {
  t.equal(fold(1n), 1)
  t.equal(fold((10n << 32n) | 5n), 10 * 1024 + 5)
  t.equal(fold((4194304n << 32n) | 5n), 5, 'beyond 22 bits they wrap')
  t.equal(fold((4194303n << 32n) | 5n), 2 ** 32 - 1024 + 5)
})
