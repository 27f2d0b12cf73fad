import t from 'tap'
import { layout, n64, u16, u32 } from '../../../provider/nt/layout.ts'
import {
  layoutOf,
  pointersAt,
  structure,
  type Numbers,
  type Read,
  type Since,
} from '../../../provider/nt/memory.ts'

const bytes = Uint8Array.from({ length: 0x20 }, (_, at) => at)

/** Bytes 0 to 31 at 0x1000. */
const read: Read = (address, length) =>
  address < 0x1000
    ? new Uint8Array()
    : bytes.subarray(address - 0x1000, address - 0x1000 + length)

const Pair = layout(8, { Low: [0, u32], High: [4, u16] })

t.test('a structure is read where it is, in one read', t => {
  const asked: (readonly [number, number])[] = []
  const pair = structure(
    (address, length) => {
      asked.push([address, length])
      return read(address, length)
    },
    Pair,
    0x1004,
  )
  t.same([pair?.Low, pair?.High], [0x07060504, 0x0908])
  t.same(asked, [[0x1004, 8]])
  t.end()
})

t.test('a structure that is not all there is none', t => {
  t.equal(structure(read, Pair, 0x1018)?.High, 0x1d1c)
  t.equal(structure(read, Pair, 0x1019), undefined)
  t.equal(structure(read, Pair, 0x1020), undefined)
  t.equal(structure(read, Pair, 0), undefined)
  t.end()
})

t.test('of an array, the pointers that are there', t => {
  t.same(pointersAt(read, 4, 0x1000, 2), [0x03020100, 0x07060504])
  t.same(pointersAt(read, 8, 0x1000, 1), [0x0706050403020100])
  t.same(pointersAt(read, 4, 0x101a, 9), [0x1d1c1b1a])
  t.same(pointersAt(read, 8, 0x1019, 9), [])
  t.same(pointersAt(read, 8, 0x1000, 0), [])
  t.end()
})

t.test('a build has the newest layout that is not newer', t => {
  const rows: readonly Since<Numbers<'A'>>[] = [
    { since: 7600, layout: layout(8, { A: [0, n64] }) },
    { since: 9200, layout: layout(8, { A: [4, n64] }) },
  ]
  const table: readonly (readonly [number, number | undefined])[] = [
    [0, undefined],
    [7599, undefined],
    [7600, 0],
    [9199, 0],
    [9200, 4],
    [Number.POSITIVE_INFINITY, 4],
  ]
  for (const [build, offset] of table)
    t.equal(layoutOf(rows, build)?.fields.A[0], offset, `${build}`)
  t.end()
})
