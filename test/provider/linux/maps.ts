import t from 'tap'
import { MaxRegions, parseMaps } from '../../../provider/linux/maps.ts'
import { codeOf } from '../../../provider/errno.ts'
import { Access, type Region } from '../../../provider/contract.ts'
import { decode, encode } from '../../../provider/text.ts'
import { randomOf } from '../../rig/random.ts'

const { read, write, execute } = Access

const parse = (text: string): Region[] => parseMaps(Buffer.from(text, 'latin1'))

const hex = (value: number, width: number): string =>
  BigInt(value).toString(16).padStart(width, '0')

/** The kernel's line from its format alone: what a reading must give back. */
const print = (region: Region): string => {
  const { start, end, access, offset = 0, major = 0, minor = 0 } = region
  const prefix =
    `${hex(start, 8)}-${hex(end, 8)} ` +
    (access & read ? 'r' : '-') +
    (access & write ? 'w' : '-') +
    (access & execute ? 'x' : '-') +
    (region.type === 'mapped' ? 's' : 'p') +
    ` ${hex(offset, 8)} ${hex(major, 2)}:${hex(minor, 2)} ${region.inode ?? 0} `
  return region.name === undefined
    ? `${prefix}\n`
    : `${prefix.padEnd(72)} ${region.name}\n`
}

const padded = (prefix: string, name: string): string =>
  `${prefix.padEnd(72)} ${name}\n`

const file = '55d0c0a00000-55d0c0a02000 r--p 00001000 fe:01 1234 '
const bare = {
  start: 0x55d0c0a00000,
  end: 0x55d0c0a02000,
  base: 0x55d0c0a00000,
  state: 'commit',
  type: 'private',
  access: read,
  offset: 0x1000,
} as const
const ofFile = { ...bare, major: 0xfe, minor: 1, inode: 1234 } as const

const readings: readonly (readonly [string, string, Region[]])[] = [
  ['no text has no regions', '', []],
  ['a file', padded(file, '/bin/cat'), [{ ...ofFile, name: '/bin/cat' }]],
  ['a file without a name', `${file}\n`, [ofFile]],
  [
    'no file: no device and no inode',
    '55d0c0a00000-55d0c0a02000 r--p 00001000 00:00 0 \n',
    [bare],
  ],
  [
    'a label of the kernel, without a file',
    padded('55d0c0a00000-55d0c0a02000 r--p 00001000 00:00 0 ', '[heap]'),
    [{ ...bare, name: '[heap]' }],
  ],
  [
    'an inode of 0 on a device, as System V segments may have',
    padded(
      '55d0c0a00000-55d0c0a02000 r--s 00001000 00:01 0 ',
      '/SYSV00000000 (deleted)',
    ),
    [
      {
        ...bare,
        type: 'mapped',
        major: 0,
        minor: 1,
        inode: 0,
        name: '/SYSV00000000 (deleted)',
      },
    ],
  ],
  [
    'the largest inode that a double holds',
    '55d0c0a00000-55d0c0a02000 r--p 00001000 fe:01 9007199254740991 \n',
    [{ ...ofFile, inode: 9007199254740991 }],
  ],
  [
    'an inode past that, exactly',
    '55d0c0a00000-55d0c0a02000 r--p 00001000 fe:01 9007199254740993 \n',
    [{ ...ofFile, inode: 9007199254740993n }],
  ],
  [
    'the largest inode of all',
    '55d0c0a00000-55d0c0a02000 r--p 00001000 fe:01 18446744073709551615 \n',
    [{ ...ofFile, inode: 18446744073709551615n }],
  ],
  [
    'a minor of five digits and a major of three',
    '55d0c0a00000-55d0c0a02000 r--p 00001000 1fe:fffff 7 \n',
    [{ ...ofFile, major: 0x1fe, minor: 0xfffff, inode: 7 }],
  ],
  [
    'the page at the top of the address space',
    padded(
      'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 ',
      '[vsyscall]',
    ),
    [
      {
        start: 0xffffffffff600000,
        end: 0xffffffffff601000,
        base: 0xffffffffff600000,
        state: 'commit',
        type: 'private',
        access: execute,
        offset: 0,
        name: '[vsyscall]',
      },
    ],
  ],
  [
    'an offset of thirteen digits',
    '55d0c0a00000-55d0c0a02000 r--p 123456789a000 fe:01 1234 \n',
    [{ ...ofFile, offset: 0x123456789a000 }],
  ],
  [
    'a name behind a prefix that is longer than 72',
    '7fffc0a00000-7fffc0a02000 r--p 7ffffffffffff000 1fe:fffff ' +
      '18446744073709551615  /a\n',
    [
      {
        ...bare,
        start: 0x7fffc0a00000,
        end: 0x7fffc0a02000,
        base: 0x7fffc0a00000,
        offset: 0x7ffffffffffff000,
        major: 0x1fe,
        minor: 0xfffff,
        inode: 18446744073709551615n,
        name: '/a',
      },
    ],
  ],
  [
    'addresses of eight digits, zeros in front',
    '00010000-00011000 ---s 00000000 00:01 5 \n',
    [
      {
        start: 0x10000,
        end: 0x11000,
        base: 0x10000,
        state: 'commit',
        type: 'mapped',
        access: 0,
        offset: 0,
        major: 0,
        minor: 1,
        inode: 5,
      },
    ],
  ],
]

for (const [name, text, regions] of readings)
  t.test(`reads ${name}`, async t => {
    t.strictSame(parse(text), regions)
    t.equal(regions.map(print).join(''), text, 'and it prints as it was')
  })

const names = [
  '/a b  c ',
  ' begins with a blank',
  '/a\\012b',
  '/a (deleted)',
  '/memfd:x (deleted)',
  '(unreachable)/x',
  '/a\tb\rc',
  '/\xc3\xa9',
  '/\xff\xfe not UTF-8 \xc3',
  `/${'long'.repeat(1000)}`,
]

for (const name of names)
  t.test(`keeps the name ${JSON.stringify(name.slice(0, 40))}`, async t => {
    const text =
      padded(file, name) +
      padded(`6${file.slice(1, 13)}6${file.slice(14)}`, name)
    const regions = parse(text)
    t.equal(regions.length, 2)
    for (const region of regions)
      t.strictSame(
        Buffer.from(encode(region.name ?? '')),
        Buffer.from(name, 'latin1'),
      )
  })

t.test('reads every access, shared and private', async t => {
  for (let access = 0; access < 8; access++)
    for (const type of ['private', 'mapped'] as const) {
      const region = { ...bare, access, type }
      t.strictSame(parse(print(region)), [region])
    }
})

const wrong: readonly (readonly [string, string])[] = [
  ['is not ended', file],
  ['is not ended behind a name', padded(file, '/bin/cat').slice(0, -1)],
  ['ends within its numbers', '55d0c0a00000-55d0\n'],
  ['is empty', '\n'],
  ['is blank', '   \n'],
  ['has no blank behind the inode', `${file.slice(0, -1)}\n`],
  ['has its name a column early', `${file.padEnd(71)} /bin/cat\n`],
  ['has something in the padding', `${file.padEnd(60)}x${' '.repeat(12)}/a\n`],
  ['has uppercase digits', file.replace('55d0c0a', '55D0C0A') + '\n'],
  [
    'has a start of seven digits',
    '5d0c000-55d0c0a02000 r--p 00001000 fe:01 1 \n',
  ],
  [
    'has a start of nine digits with a zero',
    '055d0c000-55d0c0a02000 r--p 00001000 fe:01 1 \n',
  ],
  [
    'has a start of seventeen digits',
    '155d0c0a000000000-255d0c0a000000000 r--p 00001000 fe:01 1 \n',
  ],
  ['has a start that is no page', file.replace('a00000-', 'a00800-') + '\n'],
  [
    'has a start that only rounding makes a page',
    'ffffffffff600001-ffffffffff601000 --xp 00000000 00:00 0 \n',
  ],
  ['has an end that is no page', file.replace('a02000 ', 'a02010 ') + '\n'],
  [
    'has an offset that is no page',
    file.replace(' 00001000', ' 00001200') + '\n',
  ],
  [
    'ends where it starts',
    '55d0c0a00000-55d0c0a00000 r--p 00000000 00:00 0 \n',
  ],
  [
    'ends before it starts',
    '55d0c0a02000-55d0c0a00000 r--p 00000000 00:00 0 \n',
  ],
  ['has another letter for an access', file.replace('r--p', 'w--p') + '\n'],
  ['is neither shared nor private', file.replace('r--p', 'r--x') + '\n'],
  ['has a major of one digit', file.replace('fe:01', 'e:01') + '\n'],
  [
    'has a minor of three digits with a zero',
    file.replace('fe:01', 'fe:001') + '\n',
  ],
  [
    'has a dot between the device’s numbers',
    file.replace('fe:01', 'fe.01') + '\n',
  ],
  ['has no inode', file.replace('1234 ', ' ') + '\n'],
  ['has an inode with a zero in front', file.replace('1234', '01234') + '\n'],
  ['has an inode of 2^64', file.replace('1234', '18446744073709551616') + '\n'],
  [
    'has an inode of 21 digits',
    file.replace('1234', '100000000000000000000') + '\n',
  ],
  ['has an inode in hex', file.replace('1234', '12f4') + '\n'],
]

for (const [what, text] of wrong)
  t.test(`a line that ${what} is EIO, first or last`, async t => {
    t.throws(() => parse(text), { code: 'EIO' })
    t.throws(() => parse(`00010000-00011000 ---p 00000000 00:00 0 \n${text}`), {
      code: 'EIO',
    })
  })

const line = (start: string, end: string): string =>
  `${start}-${end} ---p 00000000 00:00 0 \n`

t.test('a region that begins before the last one’s end is EAGAIN', async t => {
  const first = line('00010000', '00013000')
  t.throws(() => parse(first + line('00012000', '00014000')), {
    code: 'EAGAIN',
  })
  t.throws(() => parse(first + line('00001000', '00002000')), {
    code: 'EAGAIN',
  })
  t.equal(parse(first + line('00013000', '00014000')).length, 2)
})

t.test('a million regions are read, one more is EFBIG', async t => {
  let text = ''
  for (let each = 0; each < MaxRegions; each++) {
    const start = (0x10000000 + each * 4096).toString(16)
    const end = (0x10000000 + (each + 1) * 4096).toString(16)
    text += `${start}-${end} ---p 00000000 00:00 0 \n`
  }
  t.equal(parse(text).length, MaxRegions)
  const last = 'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 \n'
  t.throws(() => parse(text + last), { code: 'EFBIG' })
})

t.test('60,000 mutations are read as they stand, or refused', async t => {
  const random = randomOf(1)
  const lines = readings.map(([, text]) => text)
  const whole = Buffer.from(
    [4, 13, 1, 3, 11, 12, 10].map(index => lines[index]).join(''),
    'latin1',
  )
  const alphabet = Buffer.from('0123456789abcdefrwxps-: /\n\\[]\xff', 'latin1')
  const seen = { read: 0, EIO: 0, EAGAIN: 0 }
  for (let round = 0; round < 60_000; round++) {
    let text = Buffer.from(whole)
    for (let edits = 1 + random(3); edits > 0; edits--) {
      const at = random(text.length)
      const byte = alphabet[random(alphabet.length)] as number
      const how = random(4)
      if (how === 0) text[at] = byte
      else if (how === 1) text = text.subarray(0, at)
      else if (how === 2)
        text = Buffer.concat([text.subarray(0, at), text.subarray(at + 1)])
      else
        text = Buffer.concat([
          text.subarray(0, at),
          Buffer.of(byte),
          text.subarray(at),
        ])
    }
    try {
      const regions = parseMaps(text)
      const printed = regions.map(print).join('')
      if (printed !== decode(text)) {
        t.equal(printed, decode(text), `round ${round}`)
        return
      }
      seen.read++
    } catch (thrown) {
      const code = codeOf(thrown)
      if (code !== 'EIO' && code !== 'EAGAIN') throw thrown
      seen[code]++
    }
  }
  for (const count of Object.values(seen)) t.ok(count > 100)
})
