import t from 'tap'
import { leastRead } from '../../../../fs/fuse/codec/flags.ts'
import { Opcode } from '../../../../fs/fuse/codec/opcodes.ts'
import { Request } from '../../../../fs/fuse/codec/request.ts'
import * as structures from '../../../../fs/fuse/codec/structures.ts'
import type { Layout } from '../../../../provider/nt/layout.ts'
import { Errno } from '../../../../provider/errno.ts'
import {
  goldenBytes,
  goldenNames,
  nodeid,
  unique,
} from '../../../rig/golden.ts'
import { randomOf } from '../../../rig/random.ts'

const bytes = new Uint8Array(leastRead)
const request = new Request(bytes)

const load = (name: string, change?: (bytes: Uint8Array) => void): void => {
  const golden = goldenBytes(name)
  bytes.fill(0xaa)
  bytes.set(golden)
  change?.(bytes)
  request.load(golden.length)
}

const requests = goldenNames.filter(name => Object.hasOwn(Opcode, name))

t.test('every request tells who asks for what', t => {
  for (const name of requests) {
    load(name)
    t.equal(request.opcode, Opcode[name as keyof typeof Opcode], name)
    t.equal(request.unique, unique)
    t.equal(request.nodeid, nodeid)
    t.equal(request.uid, 1000)
    t.equal(request.gid, 1001)
    t.equal(request.pid, 4242)
  }
  t.end()
})

t.test('bodies read as C wrote them', t => {
  const lockOwner = 0xabcd_ef01_2345_6789n
  const bodies = [
    [
      'INIT',
      structures.InitIn,
      { major: 7, minor: 38, max_readahead: 131072, flags: 0xf3fffffb },
    ],
    ['GETATTR', structures.GetattrIn, { getattr_flags: 1, fh: 77 }],
    [
      'SETATTR',
      structures.SetattrIn,
      { valid: 8, fh: 77, size: 5, mode: 0o600, uid: 1, gid: 2 },
    ],
    ['OPEN', structures.OpenIn, { flags: 0x8000, open_flags: 0 }],
    [
      'READ',
      structures.ReadIn,
      {
        fh: 77,
        offset: 0x1f_0000_0000n,
        size: 65536,
        read_flags: 2,
        lock_owner: lockOwner,
        flags: 0x8000,
      },
    ],
    [
      'WRITE',
      structures.WriteIn,
      {
        fh: 77,
        offset: 3,
        size: 4,
        write_flags: 1,
        lock_owner: 5n,
        flags: 1,
      },
    ],
    [
      'RELEASE',
      structures.ReleaseIn,
      { fh: 77, flags: 0x8000, release_flags: 1, lock_owner: lockOwner },
    ],
    ['FLUSH', structures.FlushIn, { fh: 77, lock_owner: lockOwner }],
    ['ACCESS', structures.AccessIn, { mask: 4 }],
    ['INTERRUPT', structures.InterruptIn, { unique: unique - 2n }],
  ] as const
  for (const [name, structure, fields] of bodies) {
    load(name)
    const body = request.body(structure as Layout<unknown>)
    for (const [field, value] of Object.entries(fields))
      t.equal(Reflect.get(body, field), value, name)
  }
  t.end()
})

t.test('a body is the same view at every request', t => {
  load('READ')
  const first = request.body(structures.ReadIn)
  load('READ')
  t.equal(request.body(structures.ReadIn), first)
  t.end()
})

t.test('a name ends at its NUL and keeps bytes that are not UTF-8', t => {
  load('LOOKUP')
  t.equal(request.name(), 'maps')
  load('LOOKUP', bytes => (bytes[41] = 0xff))
  t.equal(request.name(), 'm\udcffps')
  load('LOOKUP', bytes => (bytes[42] = 0))
  t.equal(request.name(), 'ma')
  t.end()
})

t.test('a name without end, or of no bytes, is EINVAL', t => {
  load('LOOKUP', bytes => (bytes[44] = 0x61))
  t.throws(() => request.name(), { code: 'EINVAL' }, 'none in the buffer')
  load('LOOKUP', bytes => {
    bytes[44] = 0x61
    bytes[45] = 0
  })
  t.throws(() => request.name(), { code: 'EINVAL' }, 'after the request')
  load('LOOKUP', bytes => (bytes[40] = 0))
  t.throws(() => request.name(), { code: 'EINVAL' })
  load('READLINK')
  t.throws(() => request.name(), { code: 'EINVAL' })
  t.end()
})

const forgotten = (): number[][] => {
  const found: number[][] = []
  request.forgets((...one) => found.push(one))
  return found
}

t.test('one node or many are given back', t => {
  load('FORGET')
  t.strictSame(forgotten(), [[nodeid, 9]])
  load('BATCH_FORGET')
  t.strictSame(forgotten(), [
    [5, 6],
    [7, 8],
  ])
  load('BATCH_FORGET', bytes => (bytes[40] = 0))
  t.strictSame(forgotten(), [])
  t.end()
})

t.test('a batch that is longer than its request gives nothing back', t => {
  for (const count of [3, 0xff]) {
    load('BATCH_FORGET', bytes => bytes.fill(count, 40, count > 3 ? 44 : 41))
    t.throws(() => request.forgets(() => t.fail('forgot')), { code: 'EINVAL' })
  }
  t.end()
})

t.test('less than a header, or more than the buffer, cannot be answered', t => {
  for (const length of [-14, 0, 39, leastRead + 1])
    t.throws(() => request.load(length), { code: 'EIO' })
  t.end()
})

t.test('a header that tells another length leaves its number known', t => {
  bytes.set(goldenBytes('READ'))
  t.throws(() => request.load(40), { code: 'EINVAL' })
  t.equal(request.unique, unique)
  t.throws(() => request.body(structures.ReadIn), { code: 'EINVAL' })
  t.throws(() => request.name(), { code: 'EINVAL' })
  t.end()
})

t.test('a body shorter than its structure is EINVAL', t => {
  load('READLINK')
  t.throws(() => request.body(structures.OpenIn), { code: 'EINVAL' })
  t.throws(() => request.forgets(() => {}), { code: 'EINVAL' })
  load('OPEN')
  t.equal(request.body(structures.OpenIn).flags, 0x8000)
  t.throws(() => request.body(structures.ReadIn), { code: 'EINVAL' })
  t.end()
})

t.test('no bytes throw anything but EINVAL or EIO', t => {
  const random = randomOf(7)
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T
  let refused = 0
  const attempt = (act: () => unknown): void => {
    try {
      act()
    } catch (error) {
      refused++
      const code = error instanceof Errno ? error.code : String(error)
      if (code !== 'EINVAL' && code !== 'EIO') t.fail(code)
    }
  }
  const rounds = 20_000
  for (let round = 0; round < rounds; round++) {
    const golden = goldenBytes(pick(requests))
    bytes.fill(random(256))
    bytes.set(golden)
    for (let change = random(6); change > 0; change--)
      bytes[random(golden.length)] = pick([0, 1, 0x7f, 0x80, 0xff, random(256)])
    const length = random(3) ? golden.length : random(golden.length + 40)
    // half of the altered lengths are told by the header, too
    if (random(2)) new DataView(bytes.buffer).setUint32(0, length, true)
    attempt(() => request.load(length))
    attempt(() => request.name())
    attempt(() => request.forgets(() => {}))
    for (const structure of Object.values(structures))
      attempt(() => {
        const body = request.body(structure as Layout<unknown>)
        Object.keys(structure.fields).forEach(field => Reflect.get(body, field))
      })
  }
  t.ok(refused > rounds)
  t.end()
})
