import t from 'tap'
import { entriesOf, listBound } from '../../../provider/nt/list.ts'
import { Image } from '../../fixtures/image.ts'

const listed = (image: Image, head = 0x1000): number[] => [
  ...entriesOf(image.read, image.width, head),
]

const four = [0x2000, 0x2100, 0x2200, 0x2300]

/** A list of four, its head at 0x1000. */
const imageOf = (width: 4 | 8): Image => {
  const image = new Image(width)
  image.map(0x1000, [[0x2000, 'rw']])
  image.ring(0x1000, ...four)
  return image
}

t.test('the entries of a list in order, its head not', t => {
  for (const width of [4, 8] as const) {
    const image = imageOf(width)
    t.same(listed(image), four)
    image.ring(0x1000)
    t.same(listed(image), [])
  }
  t.end()
})

t.test('a list that breaks is read from both its ends', t => {
  const table: readonly (readonly [
    string,
    (image: Image) => void,
    number[],
  ])[] = [
    ['a link to nowhere', i => i.pointer(0x2100, 0x66660000), four],
    ['a link to null', i => i.pointer(0x2100, 0), four],
    ['an unaligned link', i => i.pointer(0x2100, 0x2201), four],
    ['a link back', i => i.pointer(0x2200, 0x2000), four],
    ['a link to itself', i => i.pointer(0x2200, 0x2200), four],
    ['a Blink that lies', i => i.pointer(0x2108, 0x2300), four],
    ['both are torn', i => i.ring(0x2100), [0x2000, 0x2200, 0x2300]],
    ['a head that ends at once', i => i.pointer(0x1000, 0x1000), []],
    ['a head of nulls', i => i.put(0x1000, 16, 0), []],
    ['a head out of memory', i => i.put(0x1000, 16, 0x9999), []],
  ]
  for (const [name, tear, expected] of table) {
    const image = imageOf(8)
    tear(image)
    const found = listed(image)
    t.same([...new Set(found)].sort(), expected, name)
    t.ok(found.length <= 8, `${name}: ${found.length} entries`)
    t.ok(image.reads < 16, `${name}: ${image.reads} reads`)
  }
  t.end()
})

t.test('a head that is not there has no entries', t => {
  t.same(listed(new Image(8)), [])
  t.end()
})

t.test('a list that changes while it is read does end', t => {
  // every entry there is says what is asked: back to the one before
  const before: number[] = [0x1000]
  const read = (address: number): Uint8Array => {
    const view = new DataView(new ArrayBuffer(8))
    view.setUint32(0, address + 8, true)
    view.setUint32(4, before.at(-1) as number, true)
    before.push(address)
    return new Uint8Array(view.buffer)
  }
  let count = 0
  for (const _ of entriesOf(read, 4, 0x1000)) count++
  t.equal(count, listBound)
  t.end()
})
