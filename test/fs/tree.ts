import t from 'tap'
import { walk } from '../../fs/lookup.ts'
import { directory, flatten, link, text, type Row } from '../../fs/node.ts'
import { numberOf, rows, tree } from '../../fs/tree.ts'
import { system as machine } from '../fixtures/provider.ts'

/** `ls -l` of the whole tree: mode, right, where, path. */
const listing = (row: Row, path: string): string[] => {
  const where = row.kind === 'text' ? row.where : row.kind
  const line = `${row.mode.toString(8)} ${row.right} ${where} ${path}`
  if (row.kind !== 'directory') return [line]
  const below = Object.entries(row.rows).flatMap(([name, row]) =>
    listing(row, `${path}/${name}`),
  )
  const { each } = row
  return [
    line,
    ...below,
    ...(each ? listing(each.row, `${path}/<${each.of}>`) : []),
  ]
}

t.test('every row, with its mode, its right and where it runs', async t => {
  t.same(listing(tree, ''), [
    '555 none directory ',
    '555 none directory /proc',
    '444 none inline /proc/filesystems',
    '777 none link /proc/mounts',
    '777 none link /proc/self',
    '444 none inline /proc/stat',
    '777 none link /proc/thread-self',
    '444 none inline /proc/uptime',
    '444 none inline /proc/version',
    '555 none directory /proc/<process>',
    '400 read pool /proc/<process>/auxv',
    '444 limited pool /proc/<process>/cmdline',
    '644 none inline /proc/<process>/comm',
    '777 read link /proc/<process>/cwd',
    '400 read pool /proc/<process>/environ',
    '777 read link /proc/<process>/exe',
    '500 read directory /proc/<process>/fd',
    '777 read link /proc/<process>/fd/<fd>',
    '555 read directory /proc/<process>/fdinfo',
    '444 read pool /proc/<process>/fdinfo/<fd>',
    '444 read pool /proc/<process>/maps',
    '600 attach window /proc/<process>/mem',
    '444 none pool /proc/<process>/mounts',
    '777 read link /proc/<process>/root',
    '444 none inline /proc/<process>/stat',
    '444 none inline /proc/<process>/statm',
    '444 none inline /proc/<process>/status',
    '444 read pool /proc/<process>/crash',
    '444 read pool /proc/<process>/smaps',
    '555 none directory /proc/<process>/task',
    '555 none directory /proc/<process>/task/<thread>',
    '400 read pool /proc/<process>/task/<thread>/auxv',
    '444 limited pool /proc/<process>/task/<thread>/cmdline',
    '644 none inline /proc/<process>/task/<thread>/comm',
    '777 read link /proc/<process>/task/<thread>/cwd',
    '400 read pool /proc/<process>/task/<thread>/environ',
    '777 read link /proc/<process>/task/<thread>/exe',
    '500 read directory /proc/<process>/task/<thread>/fd',
    '777 read link /proc/<process>/task/<thread>/fd/<fd>',
    '555 read directory /proc/<process>/task/<thread>/fdinfo',
    '444 read pool /proc/<process>/task/<thread>/fdinfo/<fd>',
    '444 read pool /proc/<process>/task/<thread>/maps',
    '600 attach window /proc/<process>/task/<thread>/mem',
    '444 none pool /proc/<process>/task/<thread>/mounts',
    '777 read link /proc/<process>/task/<thread>/root',
    '444 none inline /proc/<process>/task/<thread>/stat',
    '444 none inline /proc/<process>/task/<thread>/statm',
    '444 none inline /proc/<process>/task/<thread>/status',
  ])
})

t.test('no row gives others what it denies the owner', async t => {
  // fs/filesystem.ts asks for the owner only when others may not
  for (const { mode } of rows) {
    const [owner, group, others] = [mode >> 6, mode >> 3, mode].map(b => b & 7)
    t.equal(group, others)
    t.equal((owner as number) & (others as number), others)
  }
})

t.test('links of a process lead where it says', async t => {
  const facts = { exe: '/bin/a', cwd: '/tmp', root: '/jail' }
  const system = machine({ processes: [{ pid: 1, ...facts }] })
  const task = system.process(1)
  for (const [name, target] of Object.entries(facts)) {
    const { row } = walk(system, `proc/1/${name}`)
    t.equal(row.kind === 'link' && row.target({ system, task, tid: 0 }), target)
  }
})

t.test('links of a process lead nowhere where that is not known', async t => {
  const system = machine({ processes: [{ pid: 1 }] })
  const links = rows.filter(row => row.kind === 'link' && row.right === 'read')
  t.equal(links.length, 8)
  for (const task of [undefined, system.process(1)])
    for (const row of links)
      t.equal(
        row.kind === 'link' && row.target({ system, task, tid: 0 }),
        undefined,
      )
})

t.test('self leads where a source says that is of no reader', async t => {
  const of = machine({ processes: [{ pid: 1 }, { pid: 2 }] })
  for (const pid of [2, undefined]) {
    const source = { system: { ...of, self: () => pid }, task: undefined }
    const target = (name: string) => {
      const { row } = walk(of, `proc/${name}`)
      return row.kind === 'link' && row.target({ ...source, tid: 1 })
    }
    t.equal(target('self'), pid?.toString())
    t.equal(target('thread-self'), undefined, 'a reader is no thread of it')
  }
})

t.test(
  'all texts are lines but those of NUL-ended strings and of words',
  async t => {
    const torn = rows.filter(row => row.kind === 'text' && !row.lines)
    t.same(
      new Set(torn.map(row => row.kind === 'text' && row.document)),
      new Set(['auxv', 'cmdline', 'environ']),
    )
  },
)

t.test('every row has a number of its own', async t => {
  t.equal(new Set(rows).size, rows.length)
  t.same(
    rows.map(numberOf),
    rows.map((_, index) => index),
  )
})

t.test('a tree is flattened parents first', async t => {
  const leaf = text('maps', 0o444, 'read', 'pool')
  const each = directory(0o555, 'none', {})
  const way = link(() => 'x', 'none', 'file')
  const root = directory(
    0o555,
    'none',
    { leaf, way },
    {
      of: 'thread',
      row: each,
    },
  )
  t.same(flatten(root), [root, leaf, way, each])
})
