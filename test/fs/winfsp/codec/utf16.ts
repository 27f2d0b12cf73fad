import t from 'tap'
import { getText, putText } from '../../../../fs/winfsp/codec/utf16.ts'

t.test('every unit goes there and back, in texts of any length', t => {
  const units = Array.from({ length: 0x1_0000 }, (_, unit) => unit)
  const text = units.map(unit => String.fromCharCode(unit)).join('')
  for (const length of [0, 1, 4095, 4096, 4097, text.length]) {
    const data = new DataView(new ArrayBuffer(length * 2 + 4))
    const some = text.slice(text.length - length)
    t.equal(putText(data, 2, some), 2 + length * 2)
    t.equal(getText(data, 2, 2 + length * 2), some)
    t.equal(data.getUint16(2 + length * 2), 0)
  }
  t.end()
})

t.test('units are as node has them in utf16le', t => {
  const text = 'naïve 𝄞 \ud834'
  const bytes = new Uint8Array(Buffer.from(text, 'utf16le'))
  const data = new DataView(bytes.buffer)
  t.equal(getText(data, 0, bytes.length), text)
  t.equal(getText(data, 0, bytes.length - 1), text.slice(0, -1))
  t.equal(getText(data, 0, -2), '')
  t.end()
})
