import t from 'tap'
import { ReparseTag } from '../../../fs/winfsp/codec/flags.ts'
import { substituteOf, tagOf } from '../../../fs/winfsp/codec/reparse.ts'
import { dataOf, wayOf } from '../../../fs/winfsp/link.ts'

const followed: readonly (readonly [string, string, string])[] = [
  ['C:\\', '\\??\\C:\\', '\\??\\C:\\a\\b'],
  ['c:\\Windows', '\\??\\c:\\Windows', '\\??\\c:\\Windows\\a\\b'],
  ['Z:\\x y\\ü.exe', '\\??\\Z:\\x y\\ü.exe', '\\??\\Z:\\x y\\ü.exe\\a\\b'],
  ['C:\\...\\x..', '\\??\\C:\\...\\x..', '\\??\\C:\\...\\x..\\a\\b'],
  ['1234', '1234', '\\proc\\1234\\a\\b'],
  ['self/mounts', 'self\\mounts', '\\proc\\self\\mounts\\a\\b'],
]

t.test('links that Windows follows', async t => {
  for (const [target, own, way] of followed) {
    const [data, through] = [
      dataOf(target),
      wayOf(target, ['proc'], ['a', 'b']),
    ]
    t.equal(tagOf(data), ReparseTag.SYMLINK, target)
    t.equal(substituteOf(data), own)
    t.equal(tagOf(through), ReparseTag.SYMLINK)
    t.equal(substituteOf(through), way)
  }
  const end = wayOf('C:\\x', ['proc', '1'], [])
  t.equal(substituteOf(end), '\\??\\C:\\x', 'with nothing behind it')
})

t.test('links that only tell', async t => {
  const told = [
    '',
    'C:',
    'C:x',
    'C:/x',
    'C:\\x\\',
    'C:\\\\x',
    'C:\\..',
    'C:\\a\\..\\b',
    'C:\\.\\b',
    'C:\\a:stream',
    'C:\\a*',
    'C:\\a\0b',
    'C:\\a\nb',
    'CC:\\a',
    '1:\\a',
    '\\\\server\\share',
    '\\\\?\\C:\\x',
    '\\??\\C:\\x',
    '\\Device\\HarddiskVolume1\\x',
    '\\',
    '/',
    '/bin/x',
    '../1',
    'pipe:[7]',
    'a\\b',
  ]
  for (const target of told) {
    t.equal(tagOf(dataOf(target)), ReparseTag.LX_SYMLINK, target)
    t.equal(tagOf(wayOf(target, ['proc'], ['a'])), ReparseTag.LX_SYMLINK)
  }
})
