import t from 'tap'
import { Allocations } from '../../../provider/space/allocations.ts'
import { allocation, region, withFree } from '../../fixtures/regions.ts'

const regions = withFree([
  ...allocation(0x10000, [
    [0x1000, 'rw'],
    [0x1000, 'r'],
    [0x1000, 'reserve'],
    [0x1000, 'rw'],
  ]),
  ...allocation(0x14000, [[0x1000, 'rwg']], { type: 'mapped' }),
  ...allocation(0x20000, [[0x1000, '']], { type: 'image' }),
  region(2 ** 64 - 0x2000, 2 ** 64 - 0x1000),
])

t.test('an allocation is found by any address in it', t => {
  const allocations = new Allocations(regions)
  const table: readonly (readonly [number, number | undefined])[] = [
    [0, undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    [0xffff, undefined],
    [0x10000, 0x10000],
    [0x12fff, 0x10000],
    [0x13fff, 0x10000],
    [0x14000, 0x14000],
    [0x15000, undefined],
    [0x1ffff, undefined],
    [0x20fff, 0x20000],
    [2 ** 64 - 0x1800, 2 ** 64 - 0x2000],
    [2 ** 64, undefined],
  ]
  for (const [address, start] of table)
    t.equal(allocations.at(address)?.start, start, `${address}`)
  t.same(
    allocations.all.map(({ end, type, readable }) => [end, type, readable]),
    [
      [0x14000, 'private', true],
      [0x15000, 'mapped', false],
      [0x21000, 'image', false],
      [2 ** 64 - 0x1000, 'private', true],
    ],
  )
  t.equal(new Allocations([]).at(0x1000), undefined)
  t.end()
})

t.test('a guarded read asks only for what can be read', t => {
  const table: readonly (readonly [number, number, number])[] = [
    [0x10000, 8, 8],
    [0x10ff8, 0x10, 0x10],
    [0x10000, 0x2000, 0x2000],
    [0x11ff8, 0x10, 8],
    [0x12000, 8, 0],
    [0x13ff8, 0x10, 8],
    [0x14000, 8, 0],
    [0x20000, 8, 0],
    [0xfff8, 0x10, 0],
    [0x30000, 8, 0],
    [0x10000, 0, 0],
    [Number.NaN, 8, 0],
    [-8, 0x10, 0],
  ]
  for (const [address, length, there] of table) {
    const asked: (readonly [number, number])[] = []
    const read = new Allocations(regions).guard((at, length) => {
      asked.push([at, length])
      return new Uint8Array(length)
    }, 9)
    t.equal(read(address, length).length, there, `${address} + ${length}`)
    t.same(asked, there === 0 ? [] : [[address, there]])
  }
  t.end()
})

t.test('after its bound a guarded read reads nothing', t => {
  let reads = 0
  const read = new Allocations(regions).guard((_, length) => {
    reads++
    return new Uint8Array(length)
  }, 2)
  t.same(
    [1, 2, 3, 4].map(() => read(0x10000, 8).length),
    [8, 8, 0, 0],
  )
  t.equal(reads, 2)
  t.end()
})
