import t from 'tap'
import { decode, encode, encodeAll } from '../../provider/text.ts'
import { randomOf } from '../rig/random.ts'

const bytes = (...all: number[]): Uint8Array => Uint8Array.from(all)

t.test('bytes as strings, and back', t => {
  const table: readonly (readonly [string, Uint8Array, string])[] = [
    ['nothing', bytes(), ''],
    ['ASCII', bytes(0x61, 0x0a, 0, 0x7f), 'a\n\0\x7f'],
    ['two, three and four bytes', Buffer.from('é€😀'), 'é€😀'],
    ['a byte order mark', bytes(0xef, 0xbb, 0xbf, 0x61), '\ufeffa'],
    ['Latin-1', bytes(0x63, 0x61, 0x66, 0xe9), 'caf\udce9'],
    ['what is no first byte', bytes(0x80, 0xc1, 0xff), '\udc80\udcc1\udcff'],
    ['a sequence cut at the end', bytes(0x61, 0xe2, 0x82), 'a\udce2\udc82'],
    ['a sequence cut in the middle', bytes(0xe2, 0x61), '\udce2a'],
    ['valid ones beside invalid ones', bytes(0xc3, 0xa9, 0xff), 'é\udcff'],
    ['more than was needed', bytes(0xc0, 0x80), '\udcc0\udc80'],
    ['a surrogate in UTF-8', bytes(0xed, 0xb2, 0x80), '\udced\udcb2\udc80'],
    [
      'past U+10FFFF',
      bytes(0xf5, 0x80, 0x80, 0x80, 0xf0, 0x9f, 0x98, 0x80),
      '\udcf5\udc80\udc80\udc80😀',
    ],
  ]
  for (const [name, raw, text] of table) {
    t.equal(decode(raw), text, name)
    t.same([...encode(text)], [...raw], name)
  }
  t.end()
})

t.test('a lone surrogate that escapes no byte is U+FFFD', t => {
  const table: readonly (readonly [string, string])[] = [
    ['a\ud800b', 'a\ufffdb'],
    ['\udc00', '\ufffd'],
    ['\udfff', '\ufffd'],
    ['\udc7f\udd00', '\ufffd\ufffd'],
  ]
  for (const [text, shown] of table)
    t.equal(Buffer.from(encode(text)).toString(), shown)
  // beside an escaped byte, too
  t.same(
    [...encode('\ud800\ud800x\udcff')],
    [...Buffer.from('\ufffd\ufffdx'), 0xff],
  )
  t.end()
})

t.test('a pair whose half looks like an escaped byte stays a pair', t => {
  const text = '\ud83d\udc80'
  t.equal(Buffer.from(encode(text)).toString(), '💀')
  t.same([...encode(`${text}\udcff`)], [0xf0, 0x9f, 0x92, 0x80, 0xff])
  t.end()
})

t.test('any bytes survive the round trip', t => {
  const random = randomOf(1)
  // half of them from the bytes of which multi-byte sequences are made
  const some = [0x61, 0x80, 0xbf, 0xc3, 0xe2, 0xed, 0xa0, 0xf0, 0x9f, 0xf4]
  let different = 0
  for (let round = 0; round < 3000; round++) {
    const raw = Uint8Array.from({ length: random(12) }, () =>
      random(2) === 0 ? (some[random(some.length)] as number) : random(256),
    )
    if (Buffer.compare(encode(decode(raw)), raw) !== 0) different++
  }
  t.equal(different, 0)
  t.end()
})

t.test('any well-formed text survives the round trip', t => {
  const random = randomOf(2)
  const ranges = [0x80, 0x800, 0xd800, 0x10000, 0x110000]
  let different = 0
  for (let round = 0; round < 3000; round++) {
    const text = Array.from({ length: random(12) }, () =>
      String.fromCodePoint(random(ranges[random(5)] as number)),
    )
      .join('')
      .toWellFormed()
    if (decode(encode(text)) !== text) different++
  }
  t.equal(different, 0)
  t.end()
})

t.test('long texts, valid or not, in time linear in their length', t => {
  const hostile = Buffer.alloc(1 << 20, Uint8Array.of(0xc3, 0x61, 0xf0, 0x9f))
  const began = performance.now()
  t.equal(Buffer.compare(encode(decode(hostile)), hostile), 0)
  t.ok(performance.now() - began < 5000, 'not minutes')
  const long = 'é'.repeat(1 << 16)
  t.equal(decode(encode(long)), long)
  t.end()
})

t.test('texts that share an allocation do not share bytes', t => {
  const texts = Array.from({ length: 100 }, (_, n) => `${n}`.repeat(n * 20))
  const all = texts.map(encode)
  t.same(all.map(decode), texts)
  t.end()
})

t.test('many texts are the bytes of all, one after the other', t => {
  const odd = ['', 'é\n', 'caf\udce9', '\ud83d\ude00', 'x'.repeat(9000)]
  for (const count of [0, 1, 5, 12, 1000]) {
    const texts = Array.from({ length: count }, (_, at) => odd[at % 5] ?? '')
    const [all, one] = [encodeAll(texts), encode(texts.join(''))]
    t.equal(Buffer.compare(all, one), 0, `${count}`)
  }
  const lines = Array.from({ length: 3000 }, (_, at) => `${at}\n`)
  const [all, one] = [encodeAll(lines.values()), encode(lines.join(''))]
  t.equal(Buffer.compare(all, one), 0)
  t.end()
})
