import t from 'tap'
import { utf16 } from '../../../provider/nt/utf16.ts'
import { encode } from '../../../provider/text.ts'

const units = (...all: readonly number[]): Uint8Array =>
  Uint8Array.from(all.flatMap(unit => [unit & 0xff, unit >> 8]))

t.test('text is as it stands, whatever it is', t => {
  const table = [
    ['', []],
    ['a.exe', [0x61, 0x2e, 0x65, 0x78, 0x65]],
    ['né', [0x6e, 0xe9]],
    ['\u{1f600}', [0xd83d, 0xde00]],
    ['\ufeffa', [0xfeff, 0x61]],
    ['a\0b\0', [0x61, 0, 0x62, 0]],
  ] as const
  for (const [text, all] of table) t.equal(utf16(units(...all)), text)
  t.end()
})

t.test('half of a pair stands for no byte', t => {
  for (const lone of [0xd800, 0xdbff, 0xdc80, 0xdcff, 0xdfff]) {
    const text = utf16(units(0x61, lone, 0x62))
    t.equal(text, 'a\ufffdb')
    t.same([...encode(text)], [0x61, 0xef, 0xbf, 0xbd, 0x62])
  }
  t.equal(utf16(units(0xde00, 0xd83d)), '\ufffd\ufffd', 'nor in reverse')
  t.end()
})

t.test('an odd byte at the end is none of it', t => {
  t.equal(utf16(Uint8Array.of(0x61, 0, 0x62)), 'a')
  t.equal(utf16(Uint8Array.of(0x61)), '')
  t.end()
})
