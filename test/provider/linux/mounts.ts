import t from 'tap'
import { codeOf } from '../../../provider/errno.ts'
import { parseMounts } from '../../../provider/linux/mounts.ts'
import { randomOf } from '../../rig/random.ts'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

const readings: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a plain mount',
    'proc /proc proc rw,relatime',
    ['proc', '/proc', 'proc', 'rw,relatime'],
  ],
  [
    'a blank, a tab, a newline',
    'a\\040b /c\\011d e\\012f g',
    ['a b', '/c\td', 'e\nf', 'g'],
  ],
  ['a backslash before digits', 'a\\134040 /b c d', ['a\\040', '/b', 'c', 'd']],
  ['a hash', '\\043a /b c d', ['#a', '/b', 'c', 'd']],
  [
    'a comma in an option',
    'a /b c lowerdir=x\\054y',
    ['a', '/b', 'c', 'lowerdir=x,y'],
  ],
  ['a source without a name', ' /b c d', ['', '/b', 'c', 'd']],
  ['a blank among the options', 'a /b c d e 0', ['a', '/b', 'c', 'd e 0']],
  ['a carriage return', 'a\r /b c d\r', ['a\r', '/b', 'c', 'd\r']],
  ['UTF-8 and what is none', '\xc3\xa9 /\xff c d', ['é', '/\udcff', 'c', 'd']],
]
for (const [what, line, [source, point, type, options]] of readings)
  t.test(`reads ${what}`, async t => {
    const mount = { source, point, type, options }
    t.strictSame(parseMounts(bytes(`${line} 0 0\n`)), [mount])
    t.strictSame(parseMounts(bytes(`${line} 0 0\n`.repeat(2))), [mount, mount])
  })

t.test('no text is no mount', async t => {
  t.strictSame(parseMounts(bytes('')), [])
})

t.test('a line of too few fields, or cut, is EIO', async t => {
  for (const text of [
    '\n',
    'a /b c 0 0\n',
    'a /b c d\n',
    'a /b c d 0 0',
    'a /b c d 0 1\n',
  ])
    t.throws(() => parseMounts(bytes(text)), { code: 'EIO' }, text)
})

t.test('60,000 mutations of mounts are read or EIO', async t => {
  const random = randomOf(4)
  const whole = readings.map(([, line]) => `${line} 0 0\n`).join('')
  const seen = { read: 0, EIO: 0 }
  for (let round = 0; round < 60_000; round++) {
    const text = bytes(whole)
    text[random(text.length)] = random(256)
    const cut = text.subarray(0, random(4) ? text.length : random(text.length))
    try {
      const lines = parseMounts(cut).length
      if (lines > 10) t.fail(String(lines))
      seen.read++
    } catch (thrown) {
      if (codeOf(thrown) !== 'EIO') throw thrown
      seen.EIO++
    }
  }
  t.ok(seen.read > 1000)
  t.ok(seen.EIO > 1000)
})
