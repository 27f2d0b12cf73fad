import t from 'tap'
import { textIn, UNICODE_STRING } from '../../../provider/nt/unicode.ts'

/** 64 bytes of a caller, with `hi` at 0x20, and a string at 8. */
const filled = (length: number, buffer: bigint): DataView => {
  const view = new DataView(new ArrayBuffer(0x40))
  view.setUint16(8, length, true)
  view.setBigUint64(0x10, buffer, true)
  view.setUint16(0x20, 0x68, true)
  view.setUint16(0x22, 0x69, true)
  return view
}

const base = 0x7f00_0000_1000

t.test('the text of a string, where it points', t => {
  t.equal(textIn(filled(4, 0x7f00_0000_1020n), 8, base), 'hi')
  t.equal(textIn(filled(2, 0x7f00_0000_1022n), 8, base), 'i')
  t.equal(textIn(filled(0, 0x7f00_0000_1020n), 8, base), '')
  t.equal(textIn(filled(4, 0n), 8, base), '', 'of no buffer')
  t.end()
})

t.test('a view may begin anywhere', t => {
  const { buffer } = filled(4, 0x7f00_0000_1020n)
  t.equal(textIn(new DataView(buffer, 8), 0, base + 8), 'hi')
  t.end()
})

t.test('a string that is not all inside is none', t => {
  for (const [length, buffer] of [
    [4, 0x7f00_0000_0fffn],
    [4, 0x7f00_0000_103dn],
    [0xfffe, 0x7f00_0000_1020n],
    [4, 0xffff_ffff_ffff_fff0n],
    [4, 1n],
  ] as const)
    t.equal(textIn(filled(length, buffer), 8, base), undefined)
  t.equal(
    textIn(filled(4, 0x7f00_0000_103cn), 8, base),
    '\0\0',
    'up to its end',
  )
  t.end()
})

t.test('fields of a UNICODE_STRING', t => {
  const bytes = Uint8Array.from({ length: 16 }, (_, at) => (at < 14 ? at : 0))
  const view = new DataView(bytes.buffer)
  t.match(UNICODE_STRING[8].view(view), {
    Length: 0x0100,
    MaximumLength: 0x0302,
    Buffer: 0x0d0c0b0a0908,
  })
  t.match(UNICODE_STRING[4].view(view), {
    Length: 0x0100,
    MaximumLength: 0x0302,
    Buffer: 0x07060504,
  })
  t.end()
})
