import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { shell } from '../../fixtures/cygwin.ts'
import { daemon } from '../../fixtures/daemon.ts'
import { notepad } from '../../fixtures/notepad.ts'
import { access, allocation, region } from '../../fixtures/regions.ts'
import { print } from '../../rig/document.ts'
import { noFile } from '../../rig/need.ts'

const root = resolve(import.meta.dirname, '../../../..')
const recorded = resolve(
  root,
  '../shared/dumps/text/cygwin-proc-self-maps-win10-x64.txt',
)

const absent =
  noFile(recorded) && 'needs texts recorded on Windows beside the repository'

t.test('what Cygwin itself printed', { skip: absent }, t => {
  const lines = print(
    'maps',
    {
      regions: shell,
      spans: [{ kind: 'stack', start: 0x400000, end: 0x600000, id: 8884 }],
    },
    { dialect: 'cygwin' },
  ).split('\n')
  // whoever recorded it left lines out ("..."), and the blanks that end a line
  const expected = readFileSync(recorded, 'utf8')
    .split('\n')
    .filter(line => line !== '...')
  t.equal(expected.length, 34 + 1)
  t.same(
    lines.map(line => line.trimEnd()),
    expected,
  )
  // all of those that end in blanks have no name, and end at column 62
  for (const line of lines)
    if (line !== line.trimEnd()) t.equal(line.length, 62)
  t.end()
})

t.test('a Windows process in the form of Linux', t => {
  t.same(print('maps', notepad).trimEnd().split('\n'), [
    '00010000-00020000 rw-s 00000000 00:00 0 ',
    '00020000-00039000 r--s 00000000 00:00 0 ',
    '00080000-00082000 rw-p 00000000 00:00 0 ',
    '00082000-0009a000 ---p 00000000 00:00 0 ',
    '00400000-005fc000 ---p 00000000 00:00 0                                  [stack:4300]',
    '005fc000-00600000 rw-p 00000000 00:00 0                                  [stack:4300]',
    '00600000-006c7000 r--s 00000000 00:00 0                                  C:/Windows/System32/locale.nls',
    '00700000-00704000 rw-p 00000000 00:00 0                                  D:/data/copy on write.bin',
    '00800000-00801000 ---p 00000000 00:00 0 ',
    '00801000-00802000 --xp 00000000 00:00 0 ',
    '00802000-00804000 rwxp 00000000 00:00 0 ',
    '7ff4fdeb0000-7ff4fdeb5000 r--s 00000000 00:00 0 ',
    '7ff4fdeb5000-7ff4fdfb0000 ---s 00005000 00:00 0 ',
    '7ff6d0000000-7ff6d0001000 r--p 00000000 ee45:4341 844424934724994        C:/Windows/notepad.exe',
    '7ff6d0001000-7ff6d0076000 r-xp 00001000 ee45:4341 844424934724994        C:/Windows/notepad.exe',
    '7ff6d0076000-7ff6d00a8000 r--p 00076000 ee45:4341 844424934724994        C:/Windows/notepad.exe',
    '7ff6d00a8000-7ff6d00aa000 rw-p 000a8000 ee45:4341 844424934724994        C:/Windows/notepad.exe',
    '7ff6d00aa000-7ff6d00b2000 r--p 000aa000 ee45:4341 844424934724994        C:/Windows/notepad.exe',
    '7ffb00000000-7ffb00001000 r--p 00000000 ee45:4341 844424934724994        //server/share/odd\ud800 name.dll',
    '7ffb00001000-7ffb00076000 r-xp 00001000 ee45:4341 844424934724994        //server/share/odd\ud800 name.dll',
    '7ffb00076000-7ffb000a8000 r--p 00076000 ee45:4341 844424934724994        //server/share/odd\ud800 name.dll',
    '7ffb000a8000-7ffb000aa000 rw-p 000a8000 ee45:4341 844424934724994        //server/share/odd\ud800 name.dll',
    '7ffb000aa000-7ffb000b2000 r--p 000aa000 ee45:4341 844424934724994        //server/share/odd\ud800 name.dll',
    '7ffbeeac0000-7ffbeeac1000 r--p 00000000 ee45:4341 844424934724994        C:/Windows/System32/kernel32.dll',
    '7ffbeeac1000-7ffbeeb36000 r-xp 00001000 ee45:4341 844424934724994        C:/Windows/System32/kernel32.dll',
    '7ffbeeb36000-7ffbeeb68000 r--p 00076000 ee45:4341 844424934724994        C:/Windows/System32/kernel32.dll',
    '7ffbeeb68000-7ffbeeb6a000 rw-p 000a8000 ee45:4341 844424934724994        C:/Windows/System32/kernel32.dll',
    '7ffbeeb6a000-7ffbeeb72000 r--p 000aa000 ee45:4341 844424934724994        C:/Windows/System32/kernel32.dll',
  ])
  t.end()
})

t.test('a Linux process in the form of Cygwin', t => {
  const names = print('maps', daemon, { dialect: 'cygwin' })
    .trimEnd()
    .split('\n')
    .map(line => line.slice(62).trimStart())
  t.same(
    names.filter(name => name.startsWith('[')),
    ['[heap]', '[stack (tid 1001)]'],
  )
  t.match(
    print('maps', daemon, { dialect: 'cygwin' }),
    /^55ABBCD0C000-55ABBCD0E000 r--p 00000000 00FE:0000 260131 +\/opt\/our daemon\n/,
  )
  t.end()
})

/** What all readers of maps take (rust procfs, prometheus, htop, pmap, gdb). */
const readable =
  /^[0-9a-f]{8,16}-[0-9a-f]{8,16} [r-][w-][x-][ps] [0-9a-f]{8,16} [0-9a-f]{2,4}:[0-9a-f]{2,4} \d{1,20} (?: *\S.*)?$/

t.test('every reader can parse every line', t => {
  for (const facts of [daemon, notepad, { regions: shell }]) {
    const text = print('maps', facts)
    t.ok(text.endsWith('\n'))
    const lines = text.split('\n').slice(0, -1)
    t.ok(lines.length > 15)
    let end = 0
    for (const line of lines) {
      t.match(line, readable)
      t.match(line.length < 73 ? line.at(-1) : line[72], ' ')
      const [from = 0, to = 0] = (line.split(' ')[0] ?? '')
        .split('-')
        .map(digits => Number.parseInt(digits, 16))
      t.ok(end <= from && from < to)
      end = to
    }
  }
  t.end()
})

/** Lines of one allocation whose pages have these accesses. */
const count = (...words: readonly string[]): number => {
  const pieces = words.map(word => [0x1000, word] as const)
  const text = print('maps', { regions: allocation(0x10000, pieces) })
  return text.split('\n').length - 1
}

t.test('protecting the middle makes three lines of one, and back', t => {
  t.equal(count('rw', 'rw', 'rw'), 1)
  t.equal(count('rw', 'r', 'rw'), 3)
  t.end()
})

t.test('a newline in a name does not end the line', t => {
  const regions = [
    region(0x1000, 0x2000, { name: '/tmp/a\nb\\012 (deleted)' }),
    region(0x2000, 0x3000, { name: 'C:\\a\n\nb' }),
  ]
  for (const dialect of ['linux', 'cygwin'] as const) {
    const lines = print('maps', { regions }, { dialect }).split('\n')
    t.equal(lines.length, 3)
    t.match(lines[0], / \/tmp\/a\\012b\\012 \(deleted\)$/)
    t.match(lines[1], / C:\/a\\012\\012b$/)
  }
  t.end()
})

t.test('names print in the style of the mount', t => {
  const regions = [
    region(0x1000, 0x2000, { name: 'C:\\x' }),
    region(0x3000, 0x4000, { name: 'C:\\x' }),
    region(0x5000, 0x6000),
    region(0x7000, 0x8000, { name: '/x' }),
    region(0x9000, 0xa000, { name: '' }),
    region(0xb000, 0xc000, { name: 'C:\\x' }),
  ]
  for (const [paths, name] of [
    ['mixed', 'C:/x'],
    ['windows', 'C:\\x'],
    ['cygwin', '/cygdrive/c/x'],
    ['msys', '/c/x'],
    ['wsl', '/mnt/c/x'],
  ] as const)
    t.same(
      print('maps', { regions }, { paths })
        .split('\n')
        .map(line => line.slice(73)),
      [name, name, '', '/x', '', name, ''],
    )
  t.end()
})

t.test('a process without memory, or with one page', t => {
  t.equal(print('maps', {}), '')
  t.equal(
    print('maps', {
      regions: [
        region(0x7fff12345000, 0x7fff12346000, {
          access: access('rx'),
          offset: 0,
        }),
      ],
    }),
    '7fff12345000-7fff12346000 r-xp 00000000 00:00 0 \n',
  )
  t.end()
})
