import t from 'tap'
import { MaxWindow, mem } from '../../fs/mem.ts'
import type { Task } from '../../provider/contract.ts'
import { Errno } from '../../provider/errno.ts'
import { processOf } from '../rig/document.ts'

const bytes = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => at % 251)

const memory = [{ at: 0x1000, bytes: bytes(0x2000) }]

t.test('bytes by their address, up to the first that is not there', async t => {
  const task = processOf({ memory })
  t.same(mem.read(task, 0x1000n, 4), bytes(4))
  t.same(mem.read(task, 0x1fffn, 2), bytes(0x2000).slice(0xfff, 0x1001))
  t.same(mem.read(task, 0x2ffen, 100), bytes(0x2000).slice(-2), 'a short read')
  t.equal(mem.read(task, 0x1000n, 0x9000).length, 0x2000)
  t.equal(mem.read(task, 0x1000n, 0).length, 0)
})

t.test('a read that begins in a hole is EIO', async t => {
  const task = processOf({ memory })
  for (const at of [0n, 0xfffn, 0x3000n, 2n ** 47n, 2n ** 63n, 2n ** 64n - 1n])
    t.throws(() => mem.read(task, at, 8), {
      code: 'EIO',
      message: `nothing at 0x${at.toString(16)}`,
    })
  t.throws(() => mem.read(task, 2n ** 64n, 8), { code: 'EIO' }, 'no address')
  t.equal(mem.read(task, 0n, 0).length, 0, 'but one of no bytes is none')
})

t.test('why there is nothing is told by who knows', async t => {
  const task = processOf({ unread: 'not recorded:' })
  t.throws(() => mem.read(task, 2n ** 64n - 1n, 1), {
    code: 'EIO',
    message: 'not recorded: 18446744073709551615',
  })
})

/** All pages but those from `end` on; each byte is that of its address. */
const pages = (end: bigint, asked: (readonly [number, number])[]): Task => ({
  ...processOf({}),
  read(address, length) {
    asked.push([address, length])
    const there = Number(end - BigInt(address))
    const size = Math.max(Math.min(length, there), 0)
    return Uint8Array.from({ length: size }, (_, at) => at % 256)
  },
})

t.test('an address that is no Number is exact by its page', async t => {
  const asked: (readonly [number, number])[] = []
  const base = 2n ** 56n
  const task = pages(base + 0x2000n, asked)
  t.same([...mem.read(task, base + 3n, 4)], [3, 4, 5, 6])
  t.same([...mem.read(task, base + 0x1ffdn, 9)], [0xfd, 0xfe, 0xff])
  t.throws(() => mem.read(task, base + 0x2001n, 1), { code: 'EIO' })
  t.same(asked, [
    [2 ** 56, 7],
    [2 ** 56 + 0x1000, 0xffd + 9],
    [2 ** 56 + 0x2000, 2],
  ])
})

t.test('no read goes beyond the last address, nor is it too long', async t => {
  const asked: (readonly [number, number])[] = []
  const task = pages(2n ** 64n, asked)
  mem.read(task, 2n ** 64n - 4n, 100)
  mem.read(task, 0n, MaxWindow + 1)
  t.same(asked, [
    [2 ** 64 - 4096, 4096],
    [0, MaxWindow],
  ])
})

t.test('what has no memory is not opened, or is at its end', async t => {
  const zombie = processOf({ isBare: true })
  t.throws(() => mem.open(zombie), { code: 'ESRCH' })
  t.equal(mem.read(zombie, 4096n, 8).length, 0)
  mem.open(processOf({ isBare: false }))
  mem.open(processOf({}))
})

t.test('another error is passed on', async t => {
  const task = {
    ...processOf({}),
    read: () => {
      throw new Errno('EACCES')
    },
  }
  t.throws(() => mem.read(task, 0n, 1), { code: 'EACCES' })
})
