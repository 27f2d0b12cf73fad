import t from 'tap'
import {
  isOurs,
  mountAt,
  mounts,
  parse,
  type Mounted,
} from '../../../fs/fuse/mountinfo.ts'
import { missing, noLinux } from '../../rig/need.ts'

t.test('lines are read with any number of optional fields', t => {
  const text = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard
42 27 0:39 / /mnt rw shared:7 - fuse.winprocfs winprocfs rw,user_id=0
`
  t.strictSame(parse(text), [
    { id: 22, parent: 27, point: '/proc', type: 'proc' },
    { id: 27, parent: 1, point: '/', type: 'ext4' },
    { id: 42, parent: 27, point: '/mnt', type: 'fuse.winprocfs' },
  ])
  t.strictSame(parse(text).map(isOurs), [false, false, true])
  t.end()
})

t.test('points are unescaped', t => {
  const line = String.raw`9 1 0:1 / /a\040b\011c\012d\134e\043f rw - tmpfs x rw`
  t.equal(parse(line)[0]?.point, '/a b\tc\nd\\e#f')
  t.end()
})

t.test('a point or a source may look like the separator', t => {
  const line = '9 1 0:1 / /- rw - tmpfs - rw'
  t.strictSame(parse(line), [{ id: 9, parent: 1, point: '/-', type: 'tmpfs' }])
  t.end()
})

t.test('lines of another form tell of no mount', t => {
  t.strictSame(parse('\n1 2\n1 2 0:1 / /a rw - \nx'), [
    { id: 1, parent: 2, point: '/a', type: '' },
  ])
  t.end()
})

const tree: readonly Mounted[] = [
  // not in order of age: newer kernels sort by id, older ones do not
  { id: 5, parent: 4, point: '/a/b', type: 'over-b' },
  { id: 1, parent: 0, point: '/', type: 'root' },
  { id: 2, parent: 1, point: '/a', type: 'a' },
  { id: 3, parent: 1, point: '/a/b', type: 'hidden by a' },
  { id: 4, parent: 2, point: '/a/b', type: 'b' },
  { id: 6, parent: 1, point: '/ab', type: 'ab' },
]

t.test('the uppermost mount on the way is the one a path leads into', t => {
  const paths = {
    '/': 'root',
    '/x': 'root',
    '/a': 'a',
    '/a/x/y': 'a',
    '/a/b': 'over-b',
    '/a/b/c': 'over-b',
    '/ab': 'ab',
    '/abc': 'root',
  }
  for (const [path, type] of Object.entries(paths))
    t.equal(mountAt(tree, path)?.type, type, path)
  t.end()
})

t.test('a mount upon the root hides all mounts below', t => {
  const all = [...tree, { id: 9, parent: 1, point: '/', type: 'new root' }]
  t.equal(mountAt(all, '/')?.type, 'new root')
  t.equal(mountAt(all, '/a/b')?.type, 'new root')
  t.end()
})

t.test('a root that is its own parent is a root', t => {
  const all = [{ id: 1, parent: 1, point: '/', type: 'rootfs' }]
  t.equal(mountAt(all, '/a')?.type, 'rootfs')
  t.end()
})

t.test('in a chroot, where the root is no mount, others are found', t => {
  const all = tree.filter(({ id }) => id !== 1 && id !== 3)
  t.equal(mountAt(all, '/x'), undefined)
  t.equal(mountAt(all, '/a/b/c')?.type, 'over-b')
  t.end()
})

t.test("this machine's own mounts are read", missing(noLinux), t => {
  t.equal(mountAt(mounts(), '/proc')?.type, 'proc')
  t.equal(mountAt(mounts(), '/proc/1/maps')?.point, '/proc')
  t.end()
})
