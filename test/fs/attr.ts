import t from 'tap'
import {
  attrFrom,
  attrOf,
  inodeOf,
  ownerOf,
  permitMode,
  Want,
  wantOf,
} from '../../fs/attr.ts'
import { root, walk } from '../../fs/lookup.ts'
import { Errno } from '../../provider/errno.ts'
import { system } from '../fixtures/provider.ts'

const owner = { uid: 1000, gid: 100 }
const machine = system({
  processes: [
    { pid: 10, owner, threads: [{ tid: 10 }, { tid: 11 }] },
    { pid: 0xffff_fff0 },
  ],
})
const attr = (path: string) => attrOf(machine, walk(machine, path))

t.test('modes, owners, links and sizes are as in the kernel', async t => {
  const expected: [string, string, number, number, number][] = [
    ['/', '40555', 3, 0, 0],
    ['proc', '40555', 2, 0, 0],
    ['proc/uptime', '100444', 1, 0, 0],
    ['proc/self', '120777', 1, 0, 0],
    ['proc/10', '40555', 3, 1000, 100],
    ['proc/10/environ', '100400', 1, 1000, 100],
    ['proc/10/task', '40555', 4, 1000, 100],
    ['proc/10/task/11', '40555', 2, 1000, 100],
    ['proc/10/task/11/exe', '120777', 1, 1000, 100],
  ]
  for (const [path, mode, links, uid, gid] of expected) {
    const found = attr(path)
    t.same(
      [path, found.mode.toString(8), found.links, found.uid, found.gid],
      [path, mode, links, uid, gid],
    )
    t.equal(found.size, 0)
  }
})

t.test('a node whose process is not asked is the superuser’s', async t => {
  for (const path of ['proc/10/task', 'proc/10/task/11']) {
    const { uid, gid, links } = attrFrom(walk(machine, path), undefined)
    t.same({ uid, gid, links }, { uid: 0, gid: 0, links: 2 })
  }
})

t.test('what is of no process is owned by the superuser', async t => {
  t.same(ownerOf(machine, walk(machine, 'proc/uptime')), { uid: 0, gid: 0 })
  t.same(ownerOf(machine, walk(machine, 'proc/10/maps')), owner)
})

t.test('inode numbers: the root is 1, and no two are alike', async t => {
  t.equal(inodeOf(root), 1n)
  const paths = ['', '/maps', '/task', '/task/10', '/task/11', '/task/11/maps']
  const all = paths.map(path => inodeOf(walk(machine, `proc/10${path}`)))
  t.equal(new Set(all).size, paths.length)
  t.same(
    all,
    paths.map(path => inodeOf(walk(machine, `proc/10${path}`))),
    'they stay the same',
  )
  t.equal(inodeOf(walk(machine, 'proc/4294967280')) >> 32n, 0xffff_fff0n)
})

t.test('attributes of what has ended: ESRCH', async t => {
  const machine = system({ processes: [{ pid: 3 }] })
  const node = walk(machine, 'proc/3/maps')
  const thread = walk(machine, 'proc/3/task/3')
  machine.end(3)
  machine.begin({ pid: 3, start: 99n, threads: [] })
  t.throws(() => attrOf(machine, node), { code: 'ESRCH' })
  t.throws(() => attrOf(machine, thread), { code: 'ESRCH' })
  t.throws(
    () => attrOf(machine, { ...thread, start: 99n }),
    { code: 'ESRCH' },
    'a thread that has ended, in a process that lives',
  )
})

t.test(
  'a file that is open: its link has the mode it was opened in',
  async t => {
    const files = new Map(
      [0, 1, 2, 3].map(access => [access * 1000, { target: '/x', access }]),
    )
    const machine = system({ processes: [{ pid: 10, files }] })
    const attr = (path: string) =>
      attrOf(machine, walk(machine, `proc/10/${path}`))
    for (const [fd, mode] of [
      [0, '120000'],
      [1000, '120500'],
      [2000, '120300'],
      [3000, '120700'],
    ])
      t.equal(attr(`fd/${fd}`).mode.toString(8), mode)
    t.equal(attr('fdinfo/2000').mode.toString(8), '100444')
    t.equal(attr('fd').mode.toString(8), '40500')
    t.equal(attr('fdinfo').mode.toString(8), '40555')
    t.equal(attr('').links, 5, 'fd, fdinfo and task')
    const paths = ['fd', 'fdinfo', 'task/10/fd'].flatMap(name =>
      ['', '/0', '/1000', '/2000'].map(fd => `${name}${fd}`),
    )
    t.equal(new Set(paths.map(path => attr(path).inode)).size, paths.length)
    t.same([attr('fd').size, attr('fdinfo').size], [4, 0], 'of links alone')
    t.same([attr('fd/0').size, attr('fdinfo/0').size], [64, 0])
    const far = { ...walk(machine, 'proc/10/fd/1000'), fd: 0xffff_fffc }
    t.equal(inodeOf(far) >> 32n, 10n, 'nor is it another process’s')
  },
)

t.test('how many files are open is told where it is known', async t => {
  for (const [thrown, size] of [
    [new Errno('EACCES'), 0],
    [new TypeError('x'), undefined],
  ] as const) {
    const machine = system({
      processes: [
        {
          pid: 10,
          files: () => {
            throw thrown
          },
        },
      ],
    })
    const ask = () => attrOf(machine, walk(machine, 'proc/10/fd')).size
    if (size === undefined) t.throws(ask, TypeError)
    else t.equal(ask(), size)
  }
  const of = system({ processes: [{ pid: 10, files: new Map() }] })
  const fd = walk(of, 'proc/10/fd')
  t.equal(attrFrom(fd, undefined).size, 0)
  const file = { ...walk(of, 'proc/10/exe'), fd: 3 }
  t.equal(attrFrom(file, undefined).mode, 0o120000)
})

t.test('permission bits, by owner, group, others and superuser', async t => {
  const { read, write, execute } = Want
  const file = (mode: number) => ({ ...attr('proc/10/maps'), mode })
  const [user, group, other, superuser] = [
    { uid: 1000, gid: 5, tid: 1 },
    { uid: 1, gid: 100, tid: 1 },
    { uid: 1, gid: 1, tid: 1 },
    { uid: 0, gid: 0, tid: 1 },
  ]
  // [mode, caller, wanted, permitted]
  const cases = [
    [0o100400, user, read, true],
    [0o100400, user, write, false],
    [0o100400, group, read, false],
    [0o100040, group, read, true],
    [0o100040, user, read, false],
    [0o100040, other, read, false],
    [0o100004, other, read, true],
    [0o100644, user, read | write, true],
    [0o100644, other, read | write, false],
    [0o100400, superuser, read | write, true],
    [0o100400, superuser, execute, false],
    [0o100100, superuser, execute, true],
    [0o040500, superuser, execute, true],
    [0o040400, superuser, execute, true],
    [0o100000, other, 0, true],
  ] as const
  for (const [mode, caller, wanted, permitted] of cases) {
    const ask = () => permitMode(file(mode), caller, wanted)
    const name = `${mode.toString(8)} uid ${caller.uid} wants ${wanted}`
    if (permitted) t.doesNotThrow(ask, name)
    else t.throws(ask, { code: 'EACCES' }, name)
  }
})

t.test('what an open wants, by its flags', async t => {
  const { read, write } = Want
  t.same([0, 1, 2, 3].map(wantOf), [read, write, read | write, read])
  t.equal(wantOf(0o2001), write, 'O_WRONLY | O_APPEND')
})
