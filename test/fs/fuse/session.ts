import t from 'tap'
import { Filesystem } from '../../../fs/filesystem.ts'
import { Fopen } from '../../../fs/fuse/codec/flags.ts'
import { Opcode } from '../../../fs/fuse/codec/opcodes.ts'
import { largestRead, Session } from '../../../fs/fuse/session.ts'
import type { Renderer } from '../../../fs/openfile.ts'
import { render, type Job } from '../../../fs/render.ts'
import { codeOfNumber } from '../../../provider/errno.ts'
import { system, type Fixture } from '../../fixtures/provider.ts'

const threads = [{ tid: 10 }, { tid: 11 }]
const view = { dialect: 'linux', paths: 'mixed' } as const

interface From {
  readonly node?: number
  readonly uid?: number
  readonly tid?: number
}

const fault = (message: string): never => {
  throw new TypeError(message)
}

/** A session over a few processes; requests are built by hand, byte by byte. */
const rig = (options: { cache?: number } = {}) => {
  const machine = system({
    version: 'Linux 1',
    processes: [
      { pid: 10, threads, comm: 'ten', exe: '/bin/ten', cwd: 'x'.repeat(5000) },
      ...Array.from({ length: 40 }, (_, n) => ({ pid: 100 + n })),
    ],
  })
  const lines: string[] = []
  const later: bigint[] = []
  const jobs: Job[] = []
  const renderer: Renderer = {
    render(job, { id }) {
      if (job.node.row.where === 'inline') return render(machine, view, job)
      later.push(id)
      jobs.push(job)
      return undefined
    },
    cancel: id => later.includes(id),
  }
  const session = new Session(
    new Filesystem(machine, renderer),
    options,
    line => lines.push(line),
  )
  let unique = 0n
  /** Sends a request; undefined for silence. */
  const ask = (
    opcode: number,
    body: Uint8Array = new Uint8Array(),
    { node = 1, uid = 0, tid = 11 }: From = {},
  ) => {
    unique += 2n
    const bytes = Buffer.alloc(40 + body.length)
    bytes.writeUInt32LE(bytes.length, 0)
    bytes.writeUInt32LE(opcode, 4)
    bytes.writeBigUInt64LE(unique, 8)
    bytes.writeBigUInt64LE(BigInt(node), 16)
    bytes.writeUInt32LE(uid, 24)
    bytes.writeUInt32LE(uid, 28)
    bytes.writeUInt32LE(tid, 32)
    bytes.set(body, 40)
    session.input.set(bytes)
    const length = session.handle(bytes.length)
    if (!length) return undefined
    const reply = Buffer.from(session.output.subarray(0, length))
    t.equal(reply.readUInt32LE(0), length, 'the length it tells')
    t.equal(reply.readBigUInt64LE(8), unique, 'for this request')
    const error = -reply.readInt32LE(4)
    return { code: error && codeOfNumber(error), body: reply.subarray(16) }
  }
  const words = (...values: number[]) =>
    new Uint8Array(new Uint32Array(values).buffer)
  const name = (text: string) => Buffer.from(`${text}\0`)
  /** Node id of a path, by lookups. */
  const find = (path: string): number =>
    path.split('/').reduce((node, part) => {
      const found = ask(Opcode.LOOKUP, name(part), { node })
      return Number(found?.body.readBigUInt64LE(0))
    }, 1)
  const open = (node: number, flags = 0, uid = 0) =>
    ask(Opcode.OPEN, words(flags, 0), { node, uid })
  const read = (node: number, fh: number, offset = 0, size = 4096) =>
    ask(Opcode.READ, words(fh, 0, offset, 0, size, 0, 0, 0, 0, 0), { node })
  return {
    machine,
    session,
    ask,
    words,
    name,
    find,
    open,
    read,
    lines,
    later,
    jobs,
  }
}

t.test('INIT settles the version and the largest read', async t => {
  const { ask, words } = rig()
  const body = ask(Opcode.INIT, words(7, 45, 65536, 0xffffffff))?.body
  t.same([body?.readUInt32LE(0), body?.readUInt32LE(4)], [7, 45])
  t.equal(body?.readUInt16LE(28), largestRead / 4096)
  t.equal(ask(Opcode.INIT, words(7, 20, 0, 0))?.code, 'ENODEV')
})

t.test('a lookup says what it found and how long to believe it', async t => {
  const { ask, find, name } = rig()
  const proc = find('proc')
  const entry = (node: number, text: string) => {
    const body = ask(Opcode.LOOKUP, name(text), { node })?.body as Buffer
    return {
      id: Number(body.readBigUInt64LE(0)),
      nameValid: Number(body.readBigUInt64LE(16)),
      attrValid: Number(body.readBigUInt64LE(24)),
      mode: body.readUInt32LE(40 + 60).toString(8),
    }
  }
  t.match(entry(1, 'proc'), { id: proc, nameValid: 3600, attrValid: 3600 })
  const pid = entry(proc, '10')
  t.match(pid, { nameValid: 0, attrValid: 0, mode: '40555' })
  t.match(entry(pid.id, 'maps'), {
    nameValid: 3600,
    attrValid: 0,
    mode: '100444',
  })
  const task = entry(pid.id, 'task').id
  t.match(entry(task, '11'), { nameValid: 0 })
})

t.test('--cache says how long to believe everything', async t => {
  const { ask, find, name } = rig({ cache: 2 })
  const body = ask(Opcode.LOOKUP, name('10'), { node: find('proc') })?.body
  t.equal(body?.readBigUInt64LE(16), 2n)
  t.equal(body?.readBigUInt64LE(24), 2n)
})

t.test('every lookup is held until it is forgotten', async t => {
  const { ask, find, words, session } = rig()
  const maps = find('proc/10/maps')
  find('proc/10/maps')
  t.equal(session.held.nodes, 3)
  t.equal(ask(Opcode.FORGET, words(1, 0), { node: maps }), undefined)
  t.equal(session.held.nodes, 3)
  const [pid, proc] = [find('proc/10'), find('proc')]
  t.equal(
    // prettier-ignore
    ask(Opcode.BATCH_FORGET, words(3, 0, maps, 0, 1, 0, pid, 0, 3, 0, proc, 0, 4, 0)),
    undefined,
  )
  t.equal(session.held.nodes, 0)
  t.equal(ask(Opcode.BATCH_FORGET, words(9, 0, 1, 0)), undefined, 'nonsense')
  t.equal(ask(Opcode.GETATTR, words(0, 0, 0, 0), { node: maps })?.code, 'ESRCH')
})

t.test('an open file is read until it is released', async t => {
  const { ask, find, open, read, words, session } = rig()
  const node = find('proc/10/comm')
  const opened = open(node)?.body as Buffer
  const fh = opened.readUInt32LE(0)
  t.equal(opened.readUInt32LE(8), Fopen.DIRECT_IO | Fopen.NOFLUSH)
  t.equal(read(node, fh)?.body.toString(), 'ten\n')
  t.equal(read(node, fh, 4)?.body.toString(), '')
  t.equal(read(node, fh, 1, 2)?.body.toString(), 'en')
  t.equal(session.held.files, 1)
  t.equal(ask(Opcode.RELEASE, words(fh, 0, 0, 0, 0, 0), { node })?.code, 0)
  t.equal(session.held.files, 0)
  t.equal(read(node, fh)?.code, 'EBADF')
})

t.test('a read that a walker answers is silent here', async t => {
  const { ask, find, open, read, words, later } = rig()
  const node = find('proc/10/maps')
  const fh = open(node)?.body.readUInt32LE(0) as number
  t.equal(read(node, fh), undefined)
  t.equal(later.length, 1)
  const unique = Number(later[0])
  t.equal(ask(Opcode.INTERRUPT, words(unique, 0)), undefined)
})

t.test('an INTERRUPT that precedes its request', async t => {
  const { ask, find, open, read, words, later } = rig()
  const node = find('proc/10/maps')
  const fh = open(node)?.body.readUInt32LE(0) as number
  // open was request n; this INTERRUPT is n + 2, the read n + 4
  const before = 2 * (3 + 1)
  t.equal(ask(Opcode.INTERRUPT, words(before + 4, 0)), undefined)
  t.equal(read(node, fh)?.code, 'EINTR')
  t.equal(later.length, 0, 'no walk was begun')
  t.equal(read(node, fh), undefined, 'the next read is another request')
})

t.test('what the kernel waits for no answer to gets none, known or not', t => {
  const { ask, words } = rig()
  t.equal(ask(Opcode.NOTIFY_REPLY, words(0, 0)), undefined)
  t.equal(ask(Opcode.FORGET), undefined)
  t.equal(ask(99)?.code, 'ENOSYS')
  t.end()
})

t.test('INTERRUPTs for nobody are kept in mind within a bound', async t => {
  const { ask, find, open, read, words } = rig()
  const node = find('proc/10/maps')
  const fh = open(node)?.body.readUInt32LE(0) as number
  const next = 2 * (3 + 1) + 2 * 101
  t.equal(ask(Opcode.INTERRUPT, words(next, 0)), undefined)
  for (let n = 0; n < 100; n++) ask(Opcode.INTERRUPT, words(1e6 + n, 0))
  t.equal(read(node, fh), undefined, 'the oldest are dropped')
})

t.test('listings come in pieces, and each name once', async t => {
  const { ask, find, words } = rig()
  const node = find('proc')
  for (const opcode of [Opcode.READDIR, Opcode.READDIRPLUS]) {
    const opened = ask(Opcode.OPENDIR, words(0, 0), { node })?.body as Buffer
    const fh = opened.readUInt32LE(0)
    const names: string[] = []
    let offset = 0
    for (let piece = 0; piece < 200; piece++) {
      const list = words(fh, 0, offset, 0, 512, 0, 0, 0, 0, 0)
      const body = ask(opcode, list, { node })?.body as Buffer
      if (!body.length) break
      t.ok(body.length <= 512)
      const head = opcode === Opcode.READDIR ? 0 : 128
      for (let at = 0; at < body.length;) {
        const length = body.readUInt32LE(at + head + 16)
        offset = body.readUInt32LE(at + head + 8)
        names.push(
          body.toString('utf8', at + head + 24, at + head + 24 + length),
        )
        at += (head + 24 + length + 7) & ~7
      }
    }
    t.equal(names.length, 2 + 7 + 41)
    t.equal(new Set(names).size, names.length)
    t.same(names.slice(0, 3), ['.', '..', 'filesystems'])
    t.equal(ask(Opcode.RELEASEDIR, words(fh, 0, 0, 0, 0, 0))?.code, 0)
  }
})

t.test('READDIRPLUS holds what it tells, and only that', async t => {
  const { ask, find, words, session } = rig()
  const node = find('proc')
  const fh = ask(Opcode.OPENDIR, words(0, 0), { node })?.body.readUInt32LE(0)
  const list = (offset: number, size: number) =>
    ask(
      Opcode.READDIRPLUS,
      words(fh as number, 0, offset, 0, size, 0, 0, 0, 0, 0),
      { node },
    )
  list(0, 400)
  t.equal(session.held.nodes, 1, 'dots are not counted; the next did not fit')
  list(2, 400)
  t.equal(session.held.nodes, 3, 'two rows')
  list(0, 65536)
  t.equal(session.held.nodes, 1 + 7, 'rows; pids are left to lookups')
})

for (const [what, fail, logged] of [
  ['ends', (machine: Fixture) => machine.end(10), []],
  ['is told of wrongly', () => fault('surprise'), [/TypeError: surprise/]],
] as const)
  t.test(`READDIRPLUS of a process that ${what} keeps count`, async t => {
    const { machine, ask, find, words, session, lines } = rig()
    const node = find('proc/10')
    const before = session.held.nodes
    const fh = ask(Opcode.OPENDIR, words(0, 0), { node })?.body.readUInt32LE(0)
    const { process } = machine
    let looks = 0
    machine.process = (pid, start) => {
      if (++looks === 4) fail(machine)
      return process(pid, start)
    }
    const reply = ask(
      Opcode.READDIRPLUS,
      words(fh as number, 0, 0, 0, 65536, 0, 0, 0, 0, 0),
      { node },
    )
    t.equal(reply?.code, 0)
    t.match(reply?.body.toString('latin1'), /cmdline.*status/s, 'all names')
    const rows = session.held.nodes - before
    if (logged.length === 0) t.equal(rows, 2, 'the rows before it ended')
    else t.ok(rows > 2, 'all rows but one')
    t.match(lines, logged)
    t.equal(lines.length, logged.length)
  })

t.test('what is refused is refused as in the kernel', async t => {
  const { ask, find, words } = rig()
  const node = find('proc/10/maps')
  const codes = {
    WRITE: 'EINVAL',
    FSYNC: 'EINVAL',
    CREATE: 'ENOENT',
    MKNOD: 'ENOENT',
    MKDIR: 'ENOENT',
    SYMLINK: 'ENOENT',
    LINK: 'ENOENT',
    RENAME: 'ENOENT',
    RENAME2: 'ENOENT',
    TMPFILE: 'EPERM',
    UNLINK: 'EPERM',
    RMDIR: 'EPERM',
    IOCTL: 'ENOTTY',
    GETXATTR: 'ENOSYS',
    FALLOCATE: 'ENOSYS',
    POLL: 'ENOSYS',
  } as const
  for (const [name, code] of Object.entries(codes)) {
    const opcode = Opcode[name as keyof typeof codes]
    t.equal(ask(opcode, words(0, 0), { node })?.code, code, name)
  }
  t.equal(ask(4711, words(0, 0), { node })?.code, 'ENOSYS', 'not known')
})

t.test('attributes are not set; a truncation changes nothing', async t => {
  const { ask, find, words } = rig()
  const node = find('proc/10/comm')
  const set = (valid: number, uid = 0) =>
    ask(Opcode.SETATTR, words(valid, ...Array(21).fill(0)), { node, uid })?.code
  t.equal(set(1), 'EPERM', 'mode')
  t.equal(set(2 | 4), 'EPERM', 'owner')
  t.equal(set(32), 'EPERM', 'time')
  t.equal(set(8), 0, 'size')
  t.equal(set(8 | 32 | 64 | 1024), 0, 'and what comes with it')
  t.equal(set(8, 5), 'EACCES', 'size, by who may not write')
})

t.test('ACCESS, STATFS, FLUSH, LISTXATTR, DESTROY', async t => {
  const { ask, find, words } = rig()
  const node = find('proc/10/environ')
  const access = (mask: number, uid: number) =>
    ask(Opcode.ACCESS, words(mask, 0), { node, uid })?.code
  t.same([access(4, 0), access(4, 5), access(1, 0)], [0, 'EACCES', 'EACCES'])
  t.equal(ask(Opcode.STATFS)?.body.readUInt32LE(44), 255)
  t.equal(ask(Opcode.FLUSH)?.code, 0)
  t.equal(ask(Opcode.LISTXATTR, words(0, 0))?.body.readUInt32LE(0), 0)
  t.equal(ask(Opcode.LISTXATTR, words(99, 0))?.body.length, 0)
  t.equal(ask(Opcode.DESTROY)?.code, 0)
})

t.test('links; one that is too long for the kernel', async t => {
  const { ask, find } = rig()
  const link = (path: string) =>
    ask(Opcode.READLINK, undefined, { node: find(path) })
  t.equal(link('proc/self')?.body.toString(), '10')
  t.equal(link('proc/10/exe')?.body.toString(), '/bin/ten')
  t.equal(link('proc/10/cwd')?.code, 'ENAMETOOLONG')
  t.equal(link('proc/10/comm')?.code, 'EINVAL')
})

t.test('whatever throws is answered, and what is new is logged', async t => {
  const { machine, ask, find, name, lines } = rig()
  const proc = find('proc')
  machine.process = () => {
    throw new TypeError('broken')
  }
  t.equal(ask(Opcode.LOOKUP, name('10'), { node: proc })?.code, 'EIO')
  t.match(lines, [/broken/])
  t.equal(ask(Opcode.LOOKUP, name('x'), { node: 999 })?.code, 'ESRCH')
  t.equal(ask(Opcode.LOOKUP, new Uint8Array(), { node: 1 })?.code, 'EINVAL')
  t.equal(ask(Opcode.READ, new Uint8Array(3))?.code, 'EINVAL')
  t.equal(lines.length, 1)
})

t.test('what is shorter than a header is nobody’s request', async t => {
  const { session } = rig()
  session.input.fill(0xff)
  t.equal(session.handle(39), 0)
})

t.test('a window is read at any offset of 64 bits, all of them', async t => {
  const { ask, find, open, jobs } = rig()
  const node = find('proc/10/mem')
  const opened = open(node)
  t.equal(opened?.code, 0)
  t.equal(opened?.body.readUInt32LE(8), Fopen.DIRECT_IO | Fopen.NOFLUSH)
  const fh = opened?.body.readBigUInt64LE(0) ?? 0n
  const offsets = [
    0n,
    0x7fff_ffff_f123n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 1n,
  ]
  for (const offset of offsets) {
    const body = new BigUint64Array([fh, offset, 100n, 0n, 0n])
    t.equal(ask(Opcode.READ, new Uint8Array(body.buffer), { node }), undefined)
  }
  t.same(
    jobs.map(({ piece }) => piece),
    offsets.map(offset => ({ offset, size: 100 })),
  )
  t.equal(open(node, 0, 1000)?.code, 'EACCES', 'its mode is the owner’s')
})

t.test('open files are nodes of their own, by their numbers', async t => {
  const { machine, ask, find, words } = rig()
  machine.begin({
    pid: 30,
    files: new Map([
      [0, { target: '/a', access: 1 }],
      [1, { target: '/b', access: 3 }],
    ]),
  })
  const [zero, one] = [find('proc/30/fd/0'), find('proc/30/fd/1')]
  t.not(zero, one)
  const link = (node: number) => ask(Opcode.READLINK, undefined, { node })
  t.equal(link(zero)?.body.toString(), '/a')
  t.equal(link(one)?.body.toString(), '/b')
  const mode = (node: number) =>
    ask(Opcode.GETATTR, words(0, 0, 0, 0), { node })?.body.readUInt32LE(16 + 60)
  t.same([mode(zero), mode(one)], [0o120500, 0o120700])
})
