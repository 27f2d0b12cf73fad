import t from 'tap'
import { offsetOf, partOf, sizeOf } from '../../../../fs/winfsp/codec/part.ts'

t.test('a BUF is its offset, then its size', t => {
  for (const [offset, size] of [
    [0, 0],
    [1, 2],
    [0xffff, 0xffff],
    [8, 0x8000],
  ] as const) {
    const part = partOf(offset, size)
    t.equal(part, size * 0x1_0000 + offset)
    t.equal(offsetOf(part), offset)
    t.equal(sizeOf(part), size)
  }
  t.end()
})
