import t from 'tap'
import { placeOf } from '../../src/place.ts'

t.test('many spellings name one place', t => {
  const spellings = [
    '/proc/1/maps',
    'proc/1/maps',
    '1/maps',
    './1/maps',
    '//proc//1/./maps',
    'C:/Program Files/Git/proc/1/maps',
    'C:\\Program Files\\Git\\proc\\1\\maps',
    'P:\\proc\\1\\maps',
    'P:/proc/1/maps',
    'mnt/proc/1/maps',
    '/home/proc/mnt/proc/1/maps',
  ]
  for (const spelling of spellings)
    t.same(
      placeOf(spelling),
      { names: ['proc', '1', 'maps'], directory: false },
      spelling,
    )
  t.end()
})

t.test('what is not under /proc', t => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['/', []],
    ['/etc/passwd', ['etc', 'passwd']],
    ['C:/', ['C:']],
    ['C:/Windows', ['C:', 'Windows']],
    ['', ['']],
  ]
  for (const [path, names] of table) t.same(placeOf(path).names, names, path)
  t.end()
})

t.test('/proc itself', t => {
  for (const path of ['/proc', 'proc', '.', 'C:/Git/proc', 'mnt/proc/'])
    t.same(placeOf(path).names, ['proc'], path)
  t.end()
})

t.test('a slash at the end asks for a directory', t => {
  for (const path of ['1/', '/proc/1/', '1//', 'P:\\proc\\1\\'])
    t.same(placeOf(path), { names: ['proc', '1'], directory: true }, path)
  t.end()
})

t.test('what climbs is left to who knows the directories', t => {
  t.same(placeOf('1/../2/maps').names, ['proc', '1', '..', '2', 'maps'])
  t.end()
})
