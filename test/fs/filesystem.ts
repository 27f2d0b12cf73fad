import t from 'tap'
import { Want } from '../../fs/attr.ts'
import { Filesystem } from '../../fs/filesystem.ts'
import { lookup, root, walk } from '../../fs/lookup.ts'
import { directory, type Node } from '../../fs/node.ts'
import type { Renderer } from '../../fs/openfile.ts'
import { render } from '../../fs/render.ts'
import type { Right } from '../../provider/contract.ts'
import { Errno } from '../../provider/errno.ts'
import { system } from '../fixtures/provider.ts'

const [user, stranger, superuser] = [
  { uid: 1000, gid: 1000, tid: 10 },
  { uid: 2, gid: 2, tid: 99 },
  { uid: 0, gid: 0, tid: 11 },
]
const view = { dialect: 'linux', paths: 'mixed' } as const

const rig = () => {
  const files = new Map([
    [0, { target: '/dev/null', access: 1, info: 'pos:\t0\n' }],
    [3, { target: 'pipe:[7]', access: 2, info: 'pos:\t3\n' }],
  ])
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
        memory: [{ at: 4096, bytes: Buffer.from('memory') }],
        files: () => files,
      },
      { pid: 12, isBare: true },
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
    const bytes = file.read({ id: 1n, offset: 0n, size: 1e6 }) as Uint8Array
    return Buffer.from(bytes).toString()
  }
  return { machine, filesystem, at, cat, cancelled, renderer, files }
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
  const read = (offset: number) =>
    file.read({ id: 1n, offset: BigInt(offset), size: 4 })
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

t.test('a link to nothing is not there', async t => {
  const { machine, filesystem, at } = rig()
  machine.begin({ pid: 40, start: 7n, exe: () => '' })
  t.throws(() => filesystem.readlink(at('proc/40/exe'), superuser), {
    code: 'ENOENT',
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
  t.throws(() => file.read({ id: 1n, offset: 0n, size: 9 }), { code: 'ESRCH' })
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

/** The rights of all to all processes, from now on. */
const allow = (
  machine: ReturnType<typeof rig>['machine'],
  may: (right: Right) => boolean,
): void => {
  const process = machine.process.bind(machine)
  machine.process = (...args) => ({
    ...process(...args),
    may: (_caller, right) => may(right),
  })
}

t.test('memory is read by its address, for who may attach', async t => {
  const { machine, filesystem, at } = rig()
  for (const path of ['proc/10/mem', 'proc/10/task/11/mem']) {
    const file = filesystem.open(at(path), Want.read, user)
    const read = (offset: bigint, size = 4) =>
      Buffer.from(file.read({ id: 1n, offset, size }) ?? []).toString()
    t.equal(read(4096n), 'memo')
    t.equal(read(4100n), 'ry')
    t.equal(read(4096n), 'memo')
    t.throws(() => read(0n), { code: 'EIO' })
  }
  t.throws(() => filesystem.open(at('proc/10/mem'), Want.read, stranger), {
    code: 'EACCES',
  })
  allow(machine, right => right !== 'attach')
  for (const path of ['proc/10/mem', 'proc/10/task/11/mem'])
    t.throws(() => filesystem.open(at(path), Want.read, superuser), {
      code: 'EACCES',
      message: 'process 10 (first): Permission denied',
    })
})

t.test('memory is no longer read once the right is lost', async t => {
  const { machine, filesystem, at } = rig()
  const file = filesystem.open(at('proc/10/mem'), Want.read, user)
  const read = () => file.read({ id: 1n, offset: 4096n, size: 4 })
  t.equal(read()?.length, 4)
  let asked = 0
  allow(machine, () => ++asked < 2)
  t.throws(read, { code: 'EACCES' }, 'also when it is lost meanwhile')
  t.equal(asked, 2)
})

t.test(
  'memory that has gone is at its end, and none is not opened',
  async t => {
    const { machine, filesystem, at } = rig()
    const file = filesystem.open(at('proc/10/mem'), Want.read, user)
    t.throws(() => filesystem.open(at('proc/12/mem'), Want.read, superuser), {
      code: 'ESRCH',
    })
    machine.end(10)
    machine.begin({ pid: 10, start: 77n, comm: 'another' })
    const ask = { id: 1n, offset: 4096n, size: 4 }
    t.same(file.read(ask), new Uint8Array())
  },
)

t.test('open files: their names, links and lines', async t => {
  const { filesystem, at, cat, files } = rig()
  for (const path of ['proc/10', 'proc/10/task/11']) {
    const names = (name: string) =>
      filesystem
        .opendir(at(`${path}/${name}`), at(path), user)
        .from(2)
        .map(({ name }) => name)
    t.same(names('fd'), ['0', '3'])
    t.same(names('fdinfo'), ['0', '3'])
    t.equal(filesystem.readlink(at(`${path}/fd/3`), user), 'pipe:[7]')
    t.equal(filesystem.readlink(at(`${path}/fd/0`), user), '/dev/null')
    t.equal(cat(`${path}/fdinfo/3`), 'pos:\t3\n')
  }
  const [link, info] = [at('proc/10/fd/3'), at('proc/10/fdinfo/3')]
  const file = filesystem.open(info, Want.read, user)
  files.delete(3)
  t.throws(() => filesystem.readlink(link, user), { code: 'ENOENT' })
  t.throws(() => filesystem.getattr(link), { code: 'ENOENT' })
  t.throws(() => filesystem.getattr(info), { code: 'ENOENT' })
  t.throws(() => file.read({ id: 1n, offset: 0n, size: 9 }), { code: 'ENOENT' })
  t.throws(() => at('proc/10/fd/3'), { code: 'ENOENT' })
})

t.test('open files are no stranger’s, not even their names', async t => {
  const { machine, filesystem, at } = rig()
  const [fd, info, link] = ['fd', 'fdinfo', 'fd/0'].map(name =>
    at(`proc/10/${name}`),
  ) as [Node, Node, Node]
  for (const [node, caller] of [
    [fd, stranger],
    [info, stranger],
  ] as const) {
    t.throws(() => filesystem.lookup(node, '0', caller), { code: 'EACCES' })
    t.throws(() => filesystem.lookup(node, '9', caller), { code: 'EACCES' })
    t.throws(() => filesystem.opendir(node, root, caller), { code: 'EACCES' })
  }
  t.throws(() => filesystem.readlink(link, stranger), { code: 'EACCES' })
  const [before, meanwhile] = [fd, fd].map(node =>
    filesystem.opendir(node, root, user),
  )
  t.equal(before?.from(0).length, 4)
  allow(machine, () => false)
  t.throws(() => filesystem.opendir(fd, root, user), { code: 'EACCES' })
  t.throws(() => meanwhile?.from(0), { code: 'EACCES' }, 'lost after the open')
})
