import t from 'tap'
import type { Code } from '../../../provider/errno.ts'
import { Kind } from '../../../fs/winfsp/codec/kinds.ts'
import { addressNote, Late, transfer } from '../../../fs/winfsp/late.ts'
import { statusOf } from '../../../fs/winfsp/status.ts'

const text = Buffer.from('0123456789')
const ask = { id: 7n, offset: 0, size: 4, lines: false }

const rig = () => {
  const written: string[] = []
  const bytes = new Uint8Array(16_384)
  const late = new Late(bytes, (address, part) => {
    written.push(`${address} ${Buffer.from(part).toString()}`)
  })
  return { late, written, data: new DataView(bytes.buffer) }
}

t.test('a read is written where it wants it, and answered', async t => {
  const { late, written, data } = rig()
  const note = addressNote(0x1234_5678_9abcn)
  t.equal(late.answer({ ...ask, offset: 2, note }, text), 128)
  t.same(written, [`${0x1234_5678_9abc} 2345`])
  t.equal(data.getUint32(4, true), Kind.Read)
  t.equal(data.getBigUint64(8, true), 7n)
  t.equal(data.getUint32(16, true), 4)
  t.equal(data.getInt32(20, true), 0)
})

t.test('an open is answered as noted, with the size of its text', async t => {
  const { late, written, data } = rig()
  const note = new Uint8Array(136).fill(0xee)
  t.equal(late.answer({ ...ask, note }, text), 136)
  // FileInfo is at 48: AllocationSize 8, FileSize 16 bytes into it
  t.equal(data.getBigUint64(64, true), 10n)
  t.equal(data.getBigUint64(56, true), 4096n)
  t.equal(data.getUint8(55), 0xee)
  t.equal(data.getUint8(72), 0xee)
  t.same(written, [])
  t.equal(late.answer({ ...ask, note }, 'ESRCH'), 128)
  t.equal(data.getUint32(4, true), Kind.Create)
})

t.test('errors, the end, and no room are statuses', async t => {
  const { late, written, data } = rig()
  const note = addressNote(1n)
  const codes: readonly Code[] = ['ESRCH', 'EACCES', 'ETIMEDOUT', 'ENODEV']
  for (const code of codes) {
    t.equal(late.answer({ ...ask, note }, code), 128)
    t.equal(data.getInt32(20, true), statusOf(code), code)
    t.equal(data.getUint32(16, true), 0)
  }
  for (const offset of [10, 11, 2 ** 60]) {
    t.equal(late.answer({ ...ask, offset, note }, text), 128)
    t.equal(data.getUint32(20, true), 0xc0000011, 'the end')
  }
  late.answer({ ...ask, note: addressNote(0n) }, text)
  t.equal(data.getUint32(20, true), 0xc000000d, 'no address')
  t.same(written, [])
  t.equal(late.answer({ ...ask, size: 0, note }, text), 128)
  t.equal(data.getInt32(20, true), 0, 'nothing was asked for')
})

t.test('what is none of ours is not answered', async t => {
  const { late } = rig()
  t.equal(late.answer(ask, text), 0)
})

t.test('a write that fails is an answer, too', async t => {
  const bytes = new Uint8Array(16_384)
  const late = new Late(bytes, () => {
    throw new TypeError('no')
  })
  t.equal(late.answer({ ...ask, note: addressNote(1n) }, text), 128)
  const status = new DataView(bytes.buffer).getUint32(20, true)
  t.equal(status, 0xc00000e5)
})

t.test('a part is never longer than asked for', async t => {
  for (const [offset, size, count] of [
    [0, 4, 4],
    [8, 4, 2],
    [0, 0xffff_ffff, 10],
    [20, 0, 0],
  ] as const) {
    const lengths: number[] = []
    const write = (_: bigint, part: Uint8Array): number =>
      lengths.push(part.length)
    t.equal(transfer(text, { offset, size }, 1n, write), count)
    t.same(lengths, count ? [count] : [])
  }
})
