import t from 'tap'
import { dialects } from '../../../fs/document/dialects.ts'
import type { Region } from '../../../provider/contract.ts'
import { access, region } from '../../fixtures/regions.ts'

const { linux, cygwin } = dialects

const code = region(0x55abbcd0e000, 0x55abbcd13000, {
  access: access('rx'),
  offset: 0x2000,
  major: 0xfe,
  minor: 0,
  inode: 260131,
})

t.test('a line of the kernel: the name at column 73', t => {
  const line = linux.line(code, '/usr/bin/cat')
  t.equal(
    line,
    '55abbcd0e000-55abbcd13000 r-xp 00002000 fe:00 260131                     /usr/bin/cat\n',
  )
  t.equal(line.indexOf('/'), 73)
  t.end()
})

t.test('a line of the kernel without a name ends in one blank', t => {
  t.equal(
    linux.line(region(0x1000, 0x2000, { offset: 0 }), ''),
    '00001000-00002000 rw-p 00000000 00:00 0 \n',
  )
  t.end()
})

/** A region whose prefix, the blank included, has this length. */
const long = (length: number): Region => ({
  ...code,
  // 46 columns come before the inode, and a blank behind it
  inode: 10n ** BigInt(length - 46 - 2),
})

t.test('a prefix of 72 columns and more is followed by one more blank', t => {
  for (const length of [71, 72, 73, 74, 80]) {
    const prefix = linux.line(long(length), '').slice(0, -1)
    t.equal(prefix.length, length)
    const name = linux.line(long(length), '/x').indexOf('/x')
    t.equal(name, Math.max(73, length + 1))
  }
  t.end()
})

t.test('the widest numbers print whole', t => {
  const widest = region(2 ** 64 - 8192, 2 ** 64 - 4096, {
    offset: 2 ** 64 - 4096,
    major: 0xfff,
    minor: 0xfffff,
    inode: 2n ** 64n - 1n,
  })
  t.equal(
    linux.line(widest, '/x'),
    'ffffffffffffe000-fffffffffffff000 rw-p fffffffffffff000 fff:fffff 18446744073709551615  /x\n',
  )
  t.end()
})

t.test('a line of Cygwin: upper case, the name at column 62', t => {
  const file = { ...code, major: 0xee45, minor: 0x4341 }
  t.equal(
    cygwin.line(file, '/usr/bin/sh.exe'),
    '55ABBCD0E000-55ABBCD13000 r-xp 00002000 EE45:4341 260131      /usr/bin/sh.exe\n',
  )
  t.equal(cygwin.line(region(0x1000, 0x2000), '[peb]').indexOf('[peb]'), 62)
  t.equal(
    cygwin.line(region(0x1000, 0x2000), ''),
    `${'00001000-00002000 rw-p 00000000 0000:0000 0'.padEnd(62)}\n`,
  )
  t.end()
})

t.test('three blanks at least come before a name in Cygwin', t => {
  const file = { ...code, inode: 2n ** 64n - 1n }
  t.match(cygwin.line(file, '/x'), / 18446744073709551615 {3}\/x\n$/)
  t.end()
})

t.test('the offset where the source knows none', t => {
  const table: readonly (readonly [Region['type'], string, string])[] = [
    ['private', '00000000', '00003000'],
    ['mapped', '00003000', '00003000'],
    ['image', '00003000', '00003000'],
  ]
  for (const [type, inLinux, inCygwin] of table) {
    const within = region(0x13000, 0x14000, { base: 0x10000, type })
    t.equal(linux.line(within, '').split(' ')[2], inLinux, type)
    t.equal(cygwin.line(within, '').split(' ')[2], inCygwin, type)
    const known = { ...within, offset: 0x5000 }
    t.equal(linux.line(known, '').split(' ')[2], '00005000')
    t.equal(cygwin.line(known, '').split(' ')[2], '00005000')
  }
  t.end()
})
