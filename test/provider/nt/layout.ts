import t from 'tap'
import {
  i32,
  layout,
  n64,
  u16,
  u32,
  u64,
  u8,
} from '../../../provider/nt/layout.ts'

const Header = layout(0x20, {
  Signature: [0x00, u32],
  Version: [0x04, u16],
  Flags: [0x06, u8],
  Delta: [0x08, i32],
  Time: [0x10, u64],
  Size: [0x18, n64],
})

/** The header below, as a little-endian machine lays it out. */
const golden =
  '4d444d50' +
  'a793' +
  'fe' +
  '00' +
  'ffffffff' +
  '00000000' +
  '0123456789abcdef' +
  '00f0ffffffff1f00'

const over = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const goldenView = (): DataView =>
  over(Uint8Array.from(Buffer.from(golden, 'hex')))

t.test('fields are read where the table says', t => {
  const header = Header.view(goldenView())
  t.equal(header.Signature, 0x504d444d)
  t.equal(header.Version, 0x93a7)
  t.equal(header.Flags, 0xfe)
  t.equal(header.Delta, -1)
  t.equal(header.Time, 0xefcdab8967452301n)
  t.equal(header.Size, 0x1ffffffffff000)
  t.equal(Header.size, golden.length / 2)
  t.same(Header.fields.Delta, [8, i32])
  t.end()
})

t.test('fields are written where the table says', t => {
  const bytes = new Uint8Array(Header.size)
  const header = Header.view(over(bytes))
  header.Signature = 0x504d444d
  header.Version = 0x93a7
  header.Flags = 0xfe
  header.Delta = -1
  header.Time = 0xefcdab8967452301n
  header.Size = 0x1ffffffffff000
  t.equal(Buffer.from(bytes).toString('hex'), golden)
  t.end()
})

t.test('a view reads what is there when it is touched', t => {
  const view = goldenView()
  const header = Header.view(view)
  view.setUint32(0, 7, true)
  t.equal(header.Signature, 7)
  t.end()
})

t.test('a view is moved along an array, one after the other', t => {
  const Entry = layout(4, { Low: [0, u16], High: [2, u16] })
  const view = over(Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0))
  const entry = Entry.view(view, 4)
  t.same([entry.Low, entry.High], [3, 4])
  const all: number[] = []
  for (entry.at = 0; entry.at < 12; entry.at += Entry.size)
    all.push(entry.Low, entry.High)
  t.same(all, [1, 2, 3, 4, 5, 6])
  entry.view = over(Uint8Array.of(9, 0, 8, 0))
  entry.at = 0
  t.same([entry.Low, entry.High], [9, 8])
  t.end()
})

t.test('two views of one layout do not move each other', t => {
  const Byte = layout(1, { Value: [0, u8] })
  const view = over(Uint8Array.of(1, 2))
  const first = Byte.view(view)
  const second = Byte.view(view, 1)
  first.at = 0
  t.same([first.Value, second.Value], [1, 2])
  t.end()
})

t.test('what lies outside of the bytes is a RangeError', t => {
  const header = Header.view(goldenView(), 1)
  t.equal(header.Version, 0xfe93, 'inside')
  t.throws(() => header.Size, RangeError)
  t.throws(() => (header.Size = 1), RangeError)
  header.at = -1
  t.throws(() => header.Signature, RangeError)
  t.throws(() => Header.view(over(new Uint8Array())).Flags, RangeError)
  t.end()
})

t.test('64 bits as a Number and as a bigint', t => {
  const Both = layout(8, { Exact: [0, u64], Near: [0, n64] })
  const both = Both.view(over(new Uint8Array(8)))
  const table: readonly (readonly [bigint, number, boolean])[] = [
    [0n, 0, true],
    [0xffff_ffffn, 0xffff_ffff, true],
    [0x1_0000_0000n, 0x1_0000_0000, true],
    [2n ** 53n - 1n, Number.MAX_SAFE_INTEGER, true],
    // page-aligned addresses stay exact up to the last page
    [0xffff_ffff_ffff_f000n, 2 ** 64 - 4096, true],
    [0x7ffe_0000_0000_1000n, 0x7ffe_0000_0000_1000, true],
    // others are rounded
    [2n ** 53n + 1n, 2 ** 53, false],
    [2n ** 64n - 1n, 2 ** 64, false],
  ]
  for (const [exact, near, isExact] of table) {
    both.Exact = exact
    t.equal(both.Near, near)
    t.equal(BigInt(near) === exact, isExact)
    if (!isExact) continue
    both.Near = near
    t.equal(both.Exact, exact)
  }
  t.end()
})
