import t from 'tap'
import { hex2, hex8 } from '../../../fs/document/hex.ts'
import { randomOf } from '../../rig/random.ts'

t.test('as printf does with %08lx', t => {
  const table: readonly (readonly [number, string])[] = [
    [0, '00000000'],
    [0xfff, '00000fff'],
    [0x1000, '00001000'],
    [0xffffff, '00ffffff'],
    [0x1000000, '01000000'],
    [0xffffffff, 'ffffffff'],
    [0x100000000, '100000000'],
    [0x7fa594345000, '7fa594345000'],
    // the same upper digits again, then others
    [0x7fa594abc000, '7fa594abc000'],
    [0x7fa595345000, '7fa595345000'],
    [2 ** 53 - 1, '1fffffffffffff'],
    [0xffffffffff600000, 'ffffffffff600000'],
    [2 ** 64 - 4096, 'fffffffffffff000'],
  ]
  for (const [number, digits] of table) t.equal(hex8(number), digits)
  t.end()
})

t.test('any number that a double holds exactly', t => {
  const random = randomOf(5)
  let wrong = 0
  for (let round = 0; round < 5000; round++) {
    const page = random(2 ** 32) * 2 ** random(21)
    for (const number of [page, page * 4096, random(0x1_000_000)])
      if (hex8(number) !== BigInt(number).toString(16).padStart(8, '0')) wrong++
  }
  t.equal(wrong, 0)
  t.end()
})

t.test('as printf does with %02x', t => {
  const table: readonly (readonly [number, string])[] = [
    [0, '00'],
    [0xf, '0f'],
    [0xfe, 'fe'],
    [0x100, '100'],
    [0xfffff, 'fffff'],
  ]
  for (const [number, digits] of table) t.equal(hex2(number), digits)
  t.end()
})
