import t from 'tap'
import {
  canonical,
  isDrive,
  isShare,
  mustMount,
  shareOf,
} from '../../../fs/winfsp/point.ts'

const absolute = (path: string): string => `C:\\here\\${path}`

t.test('one mount point has one name', async t => {
  for (const [point, name] of [
    ['p:', 'P:'],
    ['P:', 'P:'],
    ['P:\\', 'P:'],
    ['p:/', 'P:'],
    ['\\\\.\\p:', '\\\\.\\P:'],
    ['mnt', 'C:\\here\\mnt'],
    ['P:x', 'C:\\here\\P:x'],
  ] as const)
    t.equal(canonical(point, absolute), name, point)
  for (const point of ['\\\\server\\share', '//server/share', '\\\\.\\pipe'])
    t.throws(() => canonical(point, absolute), { code: 'EINVAL' }, point)
  t.ok(isDrive('P:') && isDrive('\\\\.\\P:'))
  t.notOk(isDrive('C:\\x'))
})

t.test('a network file system is told by its name', async t => {
  for (const [given, name] of [
    ['\\winprocfs\\proc', '\\\\winprocfs\\proc'],
    ['\\\\winprocfs\\proc', '\\\\winprocfs\\proc'],
    ['\\a\\b c\\d', '\\\\a\\b c\\d'],
  ] as const) {
    t.equal(shareOf(given), name, given)
    t.ok(isShare(name))
  }
  for (const given of [
    '',
    'a\\b',
    '\\a',
    '\\\\\\a\\b',
    '\\a\\',
    '\\a\\\\b',
    '\\a\\?',
  ])
    t.throws(() => shareOf(given), { code: 'EINVAL' }, given)
  for (const point of ['P:', '\\\\.\\P:', 'C:\\x', '\\x'])
    t.notOk(isShare(point), point)
})

t.test('what cannot be mounted is told by what it is', async t => {
  for (const status of [0, 0x103]) mustMount('P:', status)
  for (const [point, status, code, message] of [
    ['P:', 0xc0000035, 'EBUSY', /^P: is in use/],
    ['C:\\x', 0xc0000035, 'EEXIST', /^C:\\x: exists;/],
    ['\\\\a\\b', 0xc0000035, 'EBUSY', /^\\\\a\\b is in use: name another$/],
    ['P:', 0xc000000e, 'ENODEV', /driver does not start/],
    ['\\\\.\\P:', 0xc0000022, 'EACCES', /^\\\\\.\\P: may not be mounted/],
    ['C:\\x\\y', 0xc000003a, 'ENOENT', /parent folder is not there/],
    ['C:\\x\\y', 0xc0000034, 'ENOENT', /parent folder is not there/],
    ['P:', 0xc0000001, 'EIO', /^P: WinFsp failed: NTSTATUS 0xc0000001$/],
  ] as const)
    t.throws(() => mustMount(point, status), { code, message })
})
