import t from 'tap'
import { root, walk } from '../../fs/lookup.ts'
import { list, OpenDirectory } from '../../fs/opendir.ts'
import { system } from '../fixtures/provider.ts'

const threads = [{ tid: 10 }, { tid: 12 }]
const machine = () => system({ processes: [{ pid: 20 }, { pid: 10, threads }] })

const names = (path: string, of = machine()) =>
  list(of, walk(of, path), root).map(({ name }) => name)

t.test('dots, then rows, then numbers', async t => {
  t.same(names('/'), ['.', '..', 'proc'])
  // prettier-ignore
  t.same(names('proc'), [
    '.', '..', 'filesystems', 'mounts', 'self', 'stat', 'thread-self',
    'uptime', 'version', '10', '20',
  ])
  t.same(names('proc/10/task'), ['.', '..', '10', '12'])
  t.same(names('proc/10').slice(0, 4), ['.', '..', 'cmdline', 'comm'])
  t.same(names('proc/10/task/12').at(-1), 'status')
})

t.test('entries tell inode and type of what they name', async t => {
  const of = machine()
  const entries = list(of, walk(of, 'proc/10'), walk(of, 'proc'))
  const entry = (name: string) => entries.find(entry => entry.name === name)
  t.match(entry('maps'), { format: 0o100000, node: { name: 'maps', pid: 10 } })
  t.match(entry('exe'), { format: 0o120000 })
  t.match(entry('task'), { format: 0o040000 })
  t.equal(entry('..')?.inode, 2n)
  t.equal(new Set(entries.map(({ inode }) => inode)).size, entries.length)
  const pids = list(of, walk(of, 'proc'), root)
  t.equal(pids.at(-1)?.node, undefined, 'a pid needs a lookup of its own')
  t.equal(pids.at(-2)?.inode, entry('.')?.inode)
})

t.test('a listing of what is no directory, or has ended', async t => {
  const of = machine()
  t.throws(() => names('proc/uptime', of), { code: 'ENOTDIR' })
  const paths = ['proc/10', 'proc/10/task', 'proc/10/task/10']
  const nodes = paths.map(path => walk(of, path))
  of.end(10)
  for (const node of nodes)
    t.throws(() => list(of, node, root), { code: 'ENOENT' })
})

t.test('names are frozen until the listing starts over', async t => {
  let made = 0
  const of = machine()
  const node = walk(of, 'proc')
  const directory = new OpenDirectory(node, () => {
    made++
    return list(of, node, root)
  })
  const tail = (marker: number) =>
    directory.from(marker).map(({ name }) => name)
  t.equal(made, 0, 'lazily')
  t.same(tail(0).slice(-2), ['10', '20'])
  of.end(10)
  t.same(tail(9), ['10', '20'], 'no entry is skipped')
  t.same(tail(99), [])
  t.same(tail(0).slice(-2), ['version', '20'])
  t.equal(made, 2)
  t.equal(directory.node, node)
})

t.test('a listing that is resumed at once begins there', async t => {
  const of = machine()
  const node = walk(of, 'proc')
  const directory = new OpenDirectory(node, () => list(of, node, root))
  t.same(
    directory.from(10).map(({ name }) => name),
    ['20'],
  )
  t.equal(directory.from(0).length, 11)
})

t.test('a name that is only there for some processes', async t => {
  const crash = { tid: 7, code: 1, name: '', address: 0n, notes: [] }
  const of = system({ processes: [{ pid: 7, crash }, { pid: 8 }] })
  t.ok(names('proc/7', of).includes('crash'))
  t.notOk(names('proc/8', of).includes('crash'))
  t.equal(walk(of, 'proc/7/crash').name, 'crash')
  t.throws(() => walk(of, 'proc/8/crash'), { code: 'ENOENT' })
  t.throws(() => walk(of, 'proc/7/smaps'), { code: 'ENOENT' })
  t.throws(() => walk(of, 'proc/7/task/7/crash'), { code: 'ENOENT' })
})

t.test('open files by their numbers, none where they are not told', async t => {
  const file = { target: '/x', access: 1 }
  const files = new Map([0, 3, 12].map(fd => [fd, file]))
  const of = system({ processes: [{ pid: 10, files }] })
  const node = walk(of, 'proc/10/task/10/fd')
  const entries = list(of, node, root)
  t.same(
    entries.map(({ name, format }) => [name, format]),
    [
      ['.', 0o040000],
      ['..', 0o040000],
      ['0', 0o120000],
      ['3', 0o120000],
      ['12', 0o120000],
    ],
  )
  t.match(entries.at(-1), { of: { fd: 12, tid: 10, pid: 10 }, node: undefined })
  t.same(names('proc/10/fdinfo', of), ['.', '..', '0', '3', '12'])
  const untold = system({ processes: [{ pid: 10 }] })
  t.equal(list(untold, node, root).length, 2)
})
