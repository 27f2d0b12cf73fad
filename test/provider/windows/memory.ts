import t from 'tap'
import { checkedReader, reader } from '../../../provider/windows/memory.ts'
import { openProcess } from '../../../provider/windows/handle.ts'
import { fakeNtdll, memoryBase } from '../../fixtures/ntdll.ts'

const rig = (...pages: readonly number[]) => {
  const fake = fakeNtdll([{ pid: 4, pages }])
  return { fake, handle: openProcess(fake.ntdll, 4, 0x410) as number }
}

t.test('a call that gives nothing of a hole is made page by page', t => {
  const { fake, handle } = rig(4, 4, 0, 4)
  const read = reader(fake.ntdll, handle)
  t.equal(read(memoryBase, 0x2000).length, 0x2000)
  t.same(fake.strays, [])
  const bytes = read(memoryBase + 0x10, 0x3000)
  t.equal(bytes.length, 0x1ff0, 'up to the hole')
  t.same([bytes[0], bytes[0xff0]], [0x10, 0x11])
  t.equal(read(memoryBase + 0x2000, 16).length, 0)
  t.end()
})

t.test('the bytes that came before it are taken', t => {
  const { fake, handle } = rig(4)
  const ntdll = {
    ...fake.ntdll,
    NtReadVirtualMemory: (
      _: number,
      address: number,
      bytes: Uint8Array | null,
      length: number,
      read: Uint8Array | null,
    ): number => {
      // 5 bytes are there, and it claims more than was asked for
      const got = Math.max(0, Math.min(length, 105 - address))
      bytes?.fill(7, 0, got)
      const told = got === length ? 1e6 : got
      if (read) new DataView(read.buffer).setUint32(0, told, true)
      return 0x8000000d | 0
    },
  }
  t.same([...reader(ntdll, handle)(100, 9)], [7, 7, 7, 7, 7])
  t.same([...reader(ntdll, handle)(100, 3)], [7, 7, 7])
  t.end()
})

t.test('only pages that can be read are', t => {
  for (const [protect, isRead] of [
    [0x01, false], // PAGE_NOACCESS
    [0x02, true],
    [0x04, true],
    [0x08, true],
    [0x10, false], // PAGE_EXECUTE
    [0x20, true],
    [0x40, true],
    [0x80, true],
    [0x104, false], // PAGE_GUARD
    [0x102, false],
    [0x204, true], // PAGE_NOCACHE
    [0x03, false], // what is no protection
    [0x00, false], // reserved
  ] as const) {
    const { fake, handle } = rig(protect)
    const read = checkedReader(fake.ntdll, handle)
    const { length } = read(memoryBase, 16)
    t.equal(length, isRead ? 16 : 0, protect.toString(16))
    t.same(fake.strays, [])
  }
  t.end()
})

t.test('no address is too far out', t => {
  const { fake, handle } = rig(4)
  const read = checkedReader(fake.ntdll, handle)
  for (const address of [-16, 2 ** 47, 2 ** 63, 2 ** 64, Number.NaN, Infinity])
    t.equal(read(address, 16).length, 0, `${address}`)
  t.equal(read(memoryBase, 0).length, 0)
  t.equal(read(memoryBase, 2 ** 50).length, 0x1000)
  t.end()
})
