import t from 'tap'
import { Fopen } from '../../../../fs/fuse/codec/flags.ts'
import { Reply } from '../../../../fs/fuse/codec/reply.ts'
import { golden, nodeid, unique } from '../../../rig/golden.ts'

const bytes = new Uint8Array(65536 + 16)
const common = { blockSize: 4096, time: 1_700_000_000.25 }
const reply = new Reply(bytes, common)

const attr = {
  inode: 0x1079_0000_0007n,
  mode: 0o100444,
  links: 3,
  uid: 1000,
  gid: 1001,
  size: 0x11_2233_4455,
}

const found = { nodeid, attr, nameValid: 1.5, attrValid: 2.75 }

const replies = {
  error: () => reply.error(unique, 'ENOENT'),
  done: () => reply.done(unique),
  entry: () => reply.entry(unique, found),
  attr: () => reply.attr(unique, attr, 2.75),
  open: () => reply.open(unique, 77, Fopen.DIRECT_IO | Fopen.NOFLUSH),
  bytes: () => reply.bytes(unique, Buffer.from('00400000-')),
  link: () => reply.link(unique, '/usr/bin/naïve'),
  statfs: () =>
    reply.statfs(unique, {
      blocks: 1,
      bfree: 2,
      bavail: 3,
      files: 4,
      ffree: 5,
      bsize: 4096,
      namelen: 255,
      frsize: 512,
    }),
  init: () =>
    reply.init(unique, {
      major: 7,
      minor: 38,
      max_readahead: 131072,
      flags: 0x64e009,
      max_background: 64,
      congestion_threshold: 48,
      max_write: 4096,
      time_gran: 1,
      max_pages: 32,
    }),
}

t.test('replies are the bytes that C structures hold', t => {
  for (const [name, write] of Object.entries(replies)) {
    bytes.fill(0xaa)
    const length = write()
    t.equal(
      Buffer.from(bytes.subarray(0, length)).toString('hex'),
      golden(name),
    )
  }
  t.end()
})

t.test('nothing after the reply is touched', t => {
  for (const write of Object.values(replies)) {
    bytes.fill(0xaa)
    const length = write()
    t.ok(bytes.subarray(length).every(byte => byte === 0xaa))
  }
  t.end()
})

t.test('a buffer inside another is written where it lies', t => {
  const outer = new Uint8Array(1000)
  const inner = new Reply(outer.subarray(500, 900), common)
  t.equal(inner.error(unique, 'ENOENT'), 16)
  t.equal(
    Buffer.from(outer.subarray(500, 516)).toString('hex'),
    golden('error'),
  )
  t.end()
})

t.test('the largest read fits, one byte more is EINVAL', t => {
  t.equal(reply.bytes(unique, new Uint8Array(65536)), bytes.length)
  t.throws(() => reply.bytes(unique, new Uint8Array(65537)), { code: 'EINVAL' })
  t.end()
})

t.test('a link of 4095 bytes is told, a longer one ENAMETOOLONG', t => {
  t.equal(reply.link(unique, 'x'.repeat(4095)), 16 + 4095)
  t.throws(() => reply.link(unique, 'ä'.repeat(2048)), { code: 'ENAMETOOLONG' })
  t.end()
})

t.test('bytes of a link that are not UTF-8 come out as they came in', t => {
  const length = reply.link(unique, '/a\udcffb')
  t.strictSame([...bytes.subarray(16, length)], [0x2f, 0x61, 0xff, 0x62])
  t.end()
})
