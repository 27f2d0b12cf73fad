import t from 'tap'
import { Want } from '../../fs/attr.ts'
import { Filesystem } from '../../fs/filesystem.ts'
import { lookup, root, walk } from '../../fs/lookup.ts'
import { directory, type Node } from '../../fs/node.ts'
import type { Renderer } from '../../fs/openfile.ts'
import { render } from '../../fs/render.ts'
import { Errno } from '../../provider/errno.ts'
import { system } from '../fixtures/provider.ts'

const [user, stranger, superuser] = [
  { uid: 1000, gid: 1000, tid: 10 },
  { uid: 2, gid: 2, tid: 99 },
  { uid: 0, gid: 0, tid: 11 },
]
const view = { dialect: 'linux', paths: 'mixed' } as const

const rig = () => {
  const machine = system({
    version: 'Linux version 1',
    processes: [
      {
        pid: 10,
        owner: { uid: 1000, gid: 1000 },
        threads: [{ tid: 10 }, { tid: 11, comm: 'second' }],
        comm: 'first',
        cmdline: 'a\0b\0',
        environ: 'SECRET=1\0',
        exe: '/bin/a',
        cwd: '/',
        stat: { pid: 10, comm: 'first', state: 'S', startcode: 4096 },
      },
    ],
  })
  const cancelled: bigint[] = []
  const renderer: Renderer = {
    render: job => render(machine, view, job),
    cancel: id => cancelled.push(id) > 0,
  }
  const filesystem = new Filesystem(machine, renderer)
  const at = (path: string): Node => walk(machine, path)
  /** What `cat` prints. */
  const cat = (path: string, caller = superuser): string => {
    const file = filesystem.open(at(path), Want.read, caller)
    const bytes = file.read({ id: 1n, offset: 0, size: 1e6 }) as Uint8Array
    return Buffer.from(bytes).toString()
  }
  return { machine, filesystem, at, cat, cancelled, renderer }
}

t.test('files of the machine, of a process and of a thread', async t => {
  const { cat } = rig()
  t.equal(cat('proc/version'), 'Linux version 1\n')
  t.equal(cat('proc/10/comm'), 'first\n')
  t.equal(cat('proc/10/task/11/comm'), 'second\n')
  t.equal(cat('proc/10/cmdline'), 'a\0b\0')
})

t.test('what is no text can not be opened', async t => {
  const { cat } = rig()
  t.throws(() => cat('proc/10'), { code: 'EISDIR' })
  t.throws(() => cat('proc/10/exe'), { code: 'ELOOP' })
})

t.test('a stranger is shown what everybody may see', async t => {
  const { cat, filesystem, at, machine } = rig()
  t.equal(cat('proc/10/cmdline', stranger), 'a\0b\0')
  t.equal(cat('proc/10/comm', stranger), 'first\n')
  for (const path of ['environ', 'maps', 'task/11/environ'])
    t.throws(() => cat(`proc/10/${path}`, stranger), { code: 'EACCES' }, path)
  t.throws(() => filesystem.readlink(at('proc/10/exe'), stranger), {
    code: 'EACCES',
    message: 'process 10 (first): Permission denied',
  })
  machine.begin({ pid: 20, start: 5n })
  t.throws(
    () => filesystem.readlink(at('proc/20/exe'), stranger),
    { code: 'EACCES', message: 'process 20: Permission denied' },
    'of one without a name',
  )
  const comm = (): string => {
    throw new Errno('EIO')
  }
  machine.begin({ pid: 30, start: 6n, comm })
  t.throws(
    () => filesystem.readlink(at('proc/30/exe'), stranger),
    { code: 'EACCES', message: 'process 30: Permission denied' },
    'of one that does not tell it',
  )
  t.equal(cat('proc/10/environ', user), 'SECRET=1\0')
  t.equal(cat('proc/10/environ', superuser), 'SECRET=1\0')
})

t.test('numbers that tell of an address space are 0 to a stranger', async t => {
  const { cat } = rig()
  const startcode = (caller: typeof user) =>
    cat('proc/10/stat', caller).split(' ')[25]
  t.equal(startcode(user), '4096')
  t.not(startcode(stranger), '4096')
})

t.test('a file is opened for writing as the mode says', async t => {
  const { filesystem, at } = rig()
  const open = (path: string, caller: typeof user) => () =>
    filesystem.open(at(path), Want.write, caller)
  t.throws(open('proc/10/maps', user), { code: 'EACCES' })
  t.doesNotThrow(open('proc/10/comm', user))
  t.throws(open('proc/10/comm', stranger), { code: 'EACCES' })
  t.doesNotThrow(open('proc/10/maps', superuser))
  t.throws(() => filesystem.access(at('proc/10/maps'), Want.write, user), {
    code: 'EACCES',
  })
  t.doesNotThrow(() => filesystem.access(at('proc/10'), 5, stranger))
})

t.test('what has ended is not there for access(2) either', async t => {
  const { machine, filesystem, at } = rig()
  const nodes = ['proc/10', 'proc/10/maps', 'proc/10/task/11/comm'].map(at)
  for (const node of nodes) filesystem.access(node, 0, stranger)
  machine.end(10)
  for (const node of nodes)
    for (const wanted of [0, Want.read])
      t.throws(() => filesystem.access(node, wanted, stranger), {
        code: 'ESRCH',
      })
})

t.test('a right that is lost after the open shows nothing more', async t => {
  const { machine, filesystem, at } = rig()
  const file = filesystem.open(at('proc/10/environ'), Want.read, user)
  const read = (offset: number) => file.read({ id: 1n, offset, size: 4 })
  t.same(read(0), Buffer.from('SECR'))
  const process = machine.process.bind(machine)
  machine.process = (...args) => ({ ...process(...args), may: () => false })
  t.same(read(4), Buffer.from('ET=1'), 'what was made before goes on')
  t.throws(() => read(0), { code: 'EACCES' })
})

t.test('a right that is lost during the walk shows nothing', async t => {
  const { machine, cat } = rig()
  const process = machine.process.bind(machine)
  let asked = 0
  machine.process = (...args) => ({
    ...process(...args),
    // at open, before, after
    may: () => ++asked < 3,
  })
  t.throws(() => cat('proc/10/environ', user), { code: 'EACCES' })
  asked = 1
  const { filesystem, at } = rig()
  filesystem.system.process = machine.process
  t.throws(() => filesystem.readlink(at('proc/10/exe'), user), {
    code: 'EACCES',
  })
})

t.test('links lead where the process says', async t => {
  const { filesystem, at, machine } = rig()
  const link = (path: string, caller = user) =>
    filesystem.readlink(at(path), caller)
  t.equal(link('proc/10/exe'), '/bin/a')
  t.equal(link('proc/10/task/11/cwd'), '/')
  t.throws(() => link('proc/10/root'), { code: 'ENOENT' }, 'not known')
  t.throws(() => link('proc/10/maps'), { code: 'EINVAL' })
  t.equal(link('proc/mounts'), 'self/mounts')
  const exe = at('proc/10/exe')
  machine.end(10)
  t.throws(() => filesystem.readlink(exe, user), { code: 'ESRCH' })
})

t.test('links lead into Windows in the style of the view', async t => {
  const { machine, at, renderer } = rig()
  machine.begin({ pid: 20, start: 5n, comm: 'x', exe: 'C:\\a\\x.exe' })
  for (const [style, target] of [
    [undefined, 'C:\\a\\x.exe'],
    ['windows', 'C:\\a\\x.exe'],
    ['mixed', 'C:/a/x.exe'],
    ['wsl', '/mnt/c/a/x.exe'],
  ] as const)
    t.equal(
      new Filesystem(machine, renderer, style).readlink(
        at('proc/20/exe'),
        superuser,
      ),
      target,
    )
})

t.test('self is who asks', async t => {
  const { filesystem, at } = rig()
  t.equal(filesystem.readlink(at('proc/self'), user), '10')
  t.equal(filesystem.readlink(at('proc/self'), superuser), '10', 'tid 11')
  t.equal(filesystem.readlink(at('proc/thread-self'), superuser), '10/task/11')
  for (const path of ['proc/self', 'proc/thread-self'])
    t.throws(() => filesystem.readlink(at(path), stranger), { code: 'ENOENT' })
})

t.test('a process that ends between open and read: ESRCH', async t => {
  const { machine, filesystem, at } = rig()
  const file = filesystem.open(at('proc/10/comm'), Want.read, user)
  machine.end(10)
  machine.begin({ pid: 10, start: 77n, comm: 'another' })
  t.throws(() => file.read({ id: 1n, offset: 0, size: 9 }), { code: 'ESRCH' })
})

t.test('a directory that others may not search or read', async t => {
  const { machine, filesystem } = rig()
  const secret = directory(0o500, 'none', {})
  const node: Node = { ...walk(machine, 'proc/10'), row: secret }
  t.throws(() => filesystem.lookup(node, 'x', stranger), { code: 'EACCES' })
  t.throws(() => filesystem.lookup(node, 'x', user), { code: 'ENOENT' })
  t.throws(() => filesystem.opendir(node, root, stranger), { code: 'EACCES' })
  t.equal(filesystem.lookup(root, 'proc', stranger).name, 'proc')
})

t.test('a listing, and what is none', async t => {
  const { filesystem, at, machine } = rig()
  const listed = filesystem.opendir(at('proc/10/task'), at('proc/10'), user)
  t.same(
    listed.from(0).map(({ name }) => name),
    ['.', '..', '10', '11'],
  )
  t.throws(() => filesystem.opendir(at('proc/10/maps'), root, user), {
    code: 'ENOTDIR',
  })
  t.equal(lookup(machine, at('proc/10'), 'task').name, 'task')
})

t.test('a read can be taken back', async t => {
  const { filesystem, cancelled } = rig()
  t.ok(filesystem.cancel(5n))
  t.same(cancelled, [5n])
})

t.test('an error of the provider is passed on', async t => {
  const { machine, cat } = rig()
  machine.process = () => {
    throw new Errno('EFBIG')
  }
  t.throws(() => cat('proc/10/comm'), { code: 'EFBIG' })
})
