import t from 'tap'
import { argumentsOf, cmdlineOf } from '../../../provider/nt/cmdline.ts'

/** After the program's name. */
const table: readonly (readonly [line: string, ...found: string[]])[] = [
  // Microsoft's own, "Results of parsing command lines"
  ['"a b c" d e', 'a b c', 'd', 'e'],
  ['"ab\\"c" "\\\\" d', 'ab"c', '\\', 'd'],
  ['a\\\\\\b d"e f"g h', 'a\\\\\\b', 'de fg', 'h'],
  ['a\\\\\\"b c d', 'a\\"b', 'c', 'd'],
  ['a\\\\\\\\"b c" d e', 'a\\\\b c', 'd', 'e'],
  ['a"b"" c d', 'ab" c d'],
  // and by its rules
  ['""', ''],
  ['"" ""', '', ''],
  ['""""', '"'],
  ['"""a""" b', '"a"', 'b'],
  ['a""b', 'ab'],
  ['"a b', 'a b'],
  ['"a b\\', 'a b\\'],
  ['\\', '\\'],
  ['\\\\', '\\\\'],
  ['\\"', '"'],
  ['\\ a', '\\', 'a'],
  ['"\\ a"', '\\ a'],
  ['C:\\a\\ "C:\\b c\\\\"', 'C:\\a\\', 'C:\\b c\\'],
  ['\t a\t \tb \t', 'a', 'b'],
  ['a^b', 'a^b'],
  ["'a b'", "'a", "b'"],
  ['a\nb \u{1f600}', 'a\nb', '\u{1f600}'],
]

t.test('arguments are what the C runtime makes of them', t => {
  for (const [line, ...found] of table)
    t.same(argumentsOf(`x.exe ${line}`), ['x.exe', ...found], line)
  t.end()
})

t.test('the name of the program knows quotes, but no backslashes', t => {
  const table: readonly (readonly [line: string, ...found: string[]])[] = [
    ['x', 'x'],
    ['x  ', 'x'],
    ['"C:\\a b\\x.exe" c', 'C:\\a b\\x.exe', 'c'],
    ['C:\\"a b"\\x.exe c', 'C:\\a b\\x.exe', 'c'],
    ['"C:\\a\\" b', 'C:\\a\\', 'b'],
    ['C:\\a\\"" b', 'C:\\a\\', 'b'],
    ['"a b', 'a b'],
    [' a', '', 'a'],
    ['""a b', 'a', 'b'],
  ]
  for (const [line, ...found] of table) t.same(argumentsOf(line), found, line)
  t.end()
})

t.test('no command line has no argument', t => {
  t.same(argumentsOf(''), [])
  t.equal(cmdlineOf(''), '')
  t.end()
})

t.test('each argument is ended by NUL', t => {
  t.equal(cmdlineOf('x.exe "a b" "" c'), 'x.exe\0a b\0\0c\0')
  t.end()
})

t.test('a long line takes no longer than it has to', t => {
  for (const piece of ['\\', '"', ' ', '\\"', '"\\ ']) {
    const line = `x ${piece.repeat(32_000)}`
    t.ok(argumentsOf(line).join('').length <= line.length)
  }
  t.end()
})
