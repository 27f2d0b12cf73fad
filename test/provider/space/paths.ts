import t from 'tap'
import {
  pathStyles,
  printPath,
  type PathStyle,
} from '../../../provider/space/paths.ts'

const styles = ['mixed', 'windows', 'cygwin', 'msys', 'wsl'] as const

t.test('every style is known by its name', t => {
  t.same(pathStyles, styles satisfies readonly PathStyle[])
  t.end()
})

t.test('a Windows path prints in each style', t => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    [
      'C:\\Windows\\x.dll',
      [
        'C:/Windows/x.dll',
        'C:\\Windows\\x.dll',
        '/cygdrive/c/Windows/x.dll',
        '/c/Windows/x.dll',
        '/mnt/c/Windows/x.dll',
      ],
    ],
    ['z:\\', ['z:/', 'z:\\', '/cygdrive/z/', '/z/', '/mnt/z/']],
    [
      '\\\\server\\share\\a b',
      [
        '//server/share/a b',
        '\\\\server\\share\\a b',
        '//server/share/a b',
        '//server/share/a b',
        '//server/share/a b',
      ],
    ],
  ]
  for (const [name, printed] of table)
    t.same(
      styles.map(style => printPath(name, style)),
      printed,
    )
  t.end()
})

t.test('what is no Windows path prints as it is', t => {
  const names = [
    '',
    '/usr/bin/cat',
    '/tmp/C:\\odd',
    '/a\\b',
    '[heap]',
    '[anon:C:\\x]',
    'anon_inode:[perf_event]',
    'C:relative',
    'CC:\\x',
    '1:\\x',
    '\\Device\\HarddiskVolume3\\x',
  ]
  for (const name of names)
    for (const style of styles) t.equal(printPath(name, style), name)
  t.end()
})
