import t from 'tap'
import { Filesystem } from '../../fs/filesystem.ts'
import { find } from '../../src/find.ts'
import { placeOf } from '../../src/place.ts'
import { machine } from '../fixtures/processes.ts'
import { system } from '../fixtures/provider.ts'

const superuser = { uid: 0, gid: 0, tid: 4304 }

const filesystem = new Filesystem(system(machine), {
  render: () => undefined,
  cancel: () => false,
})

const at = (path: string, keep?: 'keep') =>
  find(filesystem, placeOf(path), superuser, keep)

t.test('links that stay in the tree are followed', t => {
  t.match(at('self/maps'), { name: 'maps', pid: 4242, tid: 0 })
  t.match(at('thread-self/comm'), { name: 'comm', pid: 4242, tid: 4304 })
  t.match(at('self'), { name: '4242', row: { kind: 'directory' } })
  t.match(at('mounts'), { name: 'mounts', pid: 4242, row: { kind: 'text' } })
  t.end()
})

t.test('the last link can be kept', t => {
  t.match(at('self', 'keep'), { name: 'self', row: { kind: 'link' } })
  t.match(at('1000/exe', 'keep'), { name: 'exe', row: { kind: 'link' } })
  t.match(at('self/', 'keep'), { name: '4242', row: { kind: 'directory' } })
  t.match(at('self/comm', 'keep'), { name: 'comm', pid: 4242 })
  t.end()
})

t.test('a link that leads out of the tree is not followed', t => {
  for (const [path, target] of [
    ['1000/exe', '/opt/our daemon'],
    ['1000/cwd', '/'],
    ['1000/root/etc', '/'],
    ['4242/exe', 'C:\\Windows\\notepad.exe'],
  ] as const)
    t.throws(
      () => at(path),
      { code: 'ELOOP', message: `Leads out of the tree, to ${target}` },
      path,
    )
  t.end()
})

t.test('links that lead in circles end', t => {
  const circle = {
    ...filesystem,
    lookup: filesystem.lookup.bind(filesystem),
    readlink: () => 'self',
  } as unknown as Filesystem
  t.throws(() => find(circle, placeOf('self'), superuser), {
    code: 'ELOOP',
    message: 'Too many levels of symbolic links',
  })
  t.end()
})

t.test('climbing stays in the tree', t => {
  t.match(at('1000/../4242/comm'), { pid: 4242 })
  t.match(at('1000/task/../comm'), { pid: 1000, name: 'comm' })
  t.match(at('/../../proc'), { name: 'proc' })
  t.match(at('/..'), { name: '/' })
  t.end()
})

t.test('what is not there', t => {
  const table = [
    ['99999/maps', 'ENOENT'],
    ['01/maps', 'ENOENT'],
    ['nothing', 'ENOENT'],
    ['', 'ENOENT'],
    ['/etc/passwd', 'ENOENT'],
    ['1000/maps/', 'ENOTDIR'],
    ['1000/maps/x', 'ENOTDIR'],
    ['1000/maps/..', 'ENOTDIR'],
    ['1000/task/4300', 'ENOENT'],
  ] as const
  for (const [path, code] of table) t.throws(() => at(path), { code }, path)
  t.end()
})
