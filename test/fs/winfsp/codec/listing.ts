import t from 'tap'
import { Listing, markerOf } from '../../../../fs/winfsp/codec/listing.ts'
import { golden } from '../../../rig/winfsp.ts'

const buffer = new Uint8Array(4096)
const listing = new Listing(buffer)

const time = 133_443_072_000_000_000n
const dot = {
  attributes: 0x400,
  tag: 0xa000_000c,
  size: 0,
  index: 8n,
  time,
}
const maps = {
  attributes: 1,
  size: 0x11_2233_4455,
  index: 0x1079_0000_0007n,
  time,
}

t.test('entries and their end are the bytes that C structures hold', t => {
  buffer.fill(0xaa)
  listing.start(4096)
  t.ok(listing.add('.', dot, 1))
  t.ok(listing.add('maps', maps, 0x123_4567))
  t.ok(listing.end())
  const { bytes } = listing
  t.equal(Buffer.from(bytes).toString('hex'), golden('listing'))
  t.equal(buffer[bytes.length], 0xaa)
  t.end()
})

t.test('what does not fit is left for the next request', t => {
  listing.start(112 * 3 - 1)
  t.ok(listing.add('a', maps, 1))
  t.ok(listing.add('b', maps, 2))
  t.notOk(listing.add('c', maps, 3))
  t.equal(listing.bytes.length, 112 * 2)
  listing.start(112)
  t.ok(listing.add('a', maps, 1))
  t.notOk(listing.end(), 'nor does the end')
  t.equal(listing.bytes.length, 112)
  listing.start(114)
  t.ok(listing.add('a', maps, 1))
  t.ok(listing.end())
  t.equal(listing.bytes.length, 114)
  t.end()
})

t.test('more is not written than there is buffer', t => {
  listing.start(1e9)
  let count = 0
  while (listing.add('x', maps, 1)) count++
  t.equal(count, Math.floor(4096 / 112))
  t.end()
})

t.test('an end has nothing after it', t => {
  listing.start(4096)
  t.ok(listing.end())
  t.equal(listing.bytes.length, 2)
  t.notOk(listing.end())
  listing.start(4096)
  listing.add('a', maps, 1)
  listing.end()
  t.notOk(listing.add('b', maps, 2))
  t.end()
})

t.test('no room for even one is an error, not an empty directory', t => {
  for (const length of [0, 1, 111]) {
    listing.start(length)
    t.throws(() => listing.add('a', maps, 1), { code: 'EINVAL' }, `${length}`)
  }
  t.end()
})

t.test('a name is one to 255 units long', t => {
  listing.start(4096)
  t.throws(() => listing.add('', maps, 1), { code: 'EINVAL' })
  t.throws(() => listing.add('x'.repeat(256), maps, 1), { code: 'EINVAL' })
  t.equal(listing.bytes.length, 0)
  t.ok(listing.add('x'.repeat(255), maps, 1))
  t.equal(listing.bytes.length, 616)
  t.end()
})

t.test('a marker is a number and a NUL, or absent', t => {
  t.equal(markerOf(new Uint8Array(0)), 0)
  const marker = Uint8Array.of(9, 9, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0)
  t.equal(markerOf(marker.subarray(2)), 0x201)
  for (const length of [2, 8, 12])
    t.throws(() => markerOf(new Uint8Array(length)), { code: 'EINVAL' })
  t.end()
})
