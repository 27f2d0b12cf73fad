import t from 'tap'
import { Listing } from '../../../../fs/fuse/codec/listing.ts'
import { golden, nodeid, unique } from '../../../rig/golden.ts'

const bytes = new Uint8Array(4096)
const common = { blockSize: 4096, time: 1_700_000_000.25 }
const listing = new Listing(bytes, common)

const dot = { name: '.', inode: 1n, format: 0o040000 }
const maps = { name: 'maps', inode: 0x1079_0000_0007n, format: 0o100000 }

const found = {
  nodeid,
  attr: {
    inode: maps.inode,
    mode: 0o100444,
    links: 3,
    uid: 1000,
    gid: 1001,
    size: 0x11_2233_4455,
  },
  nameValid: 1.5,
  attrValid: 2.75,
}

const hex = (length: number): string =>
  Buffer.from(bytes.subarray(0, length)).toString('hex')

t.test('entries are the bytes that C structures hold', t => {
  bytes.fill(0xaa)
  listing.start(4096, false)
  t.ok(listing.add(dot, 1))
  t.ok(listing.add({ ...maps, name: 'maps\udcff\udcfe' }, 2, found))
  t.equal(hex(listing.finish(unique)), golden('dirents'))
  t.end()
})

t.test('entries with attributes are the bytes that C structures hold', t => {
  bytes.fill(0xaa)
  listing.start(4096, true)
  t.ok(listing.add(dot, 1), 'no lookup made')
  t.ok(listing.add(maps, 2, found))
  t.equal(hex(listing.finish(unique)), golden('direntsplus'))
  t.end()
})

t.test('what does not fit is left for the next request', t => {
  const cases = [
    { plus: false, one: 32 },
    { plus: true, one: 160 },
  ]
  for (const { plus, one } of cases) {
    listing.start(one * 3 - 1, plus)
    t.ok(listing.add(dot, 1))
    t.ok(listing.add(maps, 2, found))
    t.notOk(listing.add(maps, 3, found))
    t.equal(listing.finish(unique), 16 + one * 2)
    listing.start(one * 3, plus)
    t.ok(listing.add(dot, 1) && listing.add(maps, 2) && listing.add(maps, 3))
    t.equal(listing.finish(unique), 16 + one * 3)
  }
  t.end()
})

t.test('a request for more than the buffer gets the buffer', t => {
  listing.start(0xffff_ffff, false)
  let count = 0
  while (listing.add(maps, count + 1)) count++
  t.equal(count, Math.floor((4096 - 16) / 32))
  t.ok(listing.finish(unique) <= 4096)
  t.end()
})

t.test('the end of a directory is a reply without entries', t => {
  listing.start(4096, true)
  t.equal(listing.finish(unique), 16)
  t.equal(hex(16), golden('done'))
  t.end()
})

t.test('every entry begins at a multiple of 8 bytes', t => {
  for (const plus of [false, true]) {
    listing.start(4096, plus)
    for (let length = 1; length <= 9; length++)
      listing.add({ ...maps, name: 'x'.repeat(length) }, length)
    const head = plus ? 152 : 24
    const sizes = [8, 8, 8, 8, 8, 8, 8, 8, 16].map(name => head + name)
    const all = sizes.reduce((sum, size) => sum + size, 16)
    t.equal(listing.finish(unique), all)
  }
  t.end()
})
