import t from 'tap'
import { print } from '../../rig/document.ts'

t.test('a line per mount, in the order of the source', t => {
  const mounts = [
    { source: 'proc', point: '/proc', type: 'proc', options: 'rw,relatime' },
    { source: 'C:\\', point: '/c', type: 'ntfs', options: 'rw' },
  ]
  t.equal(
    print('mounts', { mounts }),
    'proc /proc proc rw,relatime 0 0\nC:\\134 /c ntfs rw 0 0\n',
  )
  t.end()
})

t.test(
  'escaped are the characters that the kernel escapes, where it does',
  t => {
    const odd = 'a b\tc\nd\\e#f'
    t.equal(
      print('mounts', {
        mounts: [{ source: odd, point: odd, type: odd, options: odd }],
      }),
      [
        'a\\040b\\011c\\012d\\134e\\043f',
        'a\\040b\\011c\\012d\\134e#f',
        'a\\040b\\011c\\012d\\134e\\043f',
        'a\\040b\\011c\\012d\\134e#f',
        '0 0\n',
      ].join(' '),
    )
    t.end()
  },
)

t.test('without mounts there is nothing', t => {
  t.equal(print('mounts', { mounts: [] }), '')
  t.equal(print('mounts', {}), '')
  t.end()
})
