import t from 'tap'
import { pageBound, paged } from '../../../provider/space/pages.ts'

/** Each byte tells where it is; a hole from 0x9800 on. */
const memory = (): {
  asked: [number, number][]
  read: (address: number, length: number) => Uint8Array
} => {
  const asked: [number, number][] = []
  return {
    asked,
    read: (address, length) => {
      asked.push([address, length])
      const there =
        address < 0xa000 ? Math.min(length, 0x9800 - address) : length
      return Uint8Array.from({ length: there }, (_, at) => (address + at) >>> 4)
    },
  }
}

t.test('reads within a page ask for it once', async t => {
  const { asked, read } = memory()
  const from = paged(read)
  for (const [address, length] of [
    [0x1000, 16],
    [0x1ff0, 16],
    [0x1234, 0x100],
    [0x1000, 0x1000],
  ] as const)
    t.same(from(address, length), memory().read(address, length))
  t.same(asked, [[0x1000, 0x1000]])
})

t.test('a read over a page’s end is made as it is asked', async t => {
  const { asked, read } = memory()
  const from = paged(read)
  t.same(from(0x1ff8, 16), memory().read(0x1ff8, 16))
  t.same(from(0x1ff8, 16), memory().read(0x1ff8, 16))
  t.same(asked, [
    [0x1ff8, 16],
    [0x1ff8, 16],
  ])
})

t.test('what is there of a page is there of a read', async t => {
  const from = paged(memory().read)
  t.equal(from(0x97f8, 16).length, 8)
  t.equal(from(0x9800, 16).length, 0)
})

t.test('only so many pages are kept', async t => {
  const { asked, read } = memory()
  const from = paged(read)
  for (let at = 0; at < pageBound; at++) from(0x10000 + at * 4096, 1)
  from(0x10000, 1)
  t.equal(asked.length, pageBound)
  from(0x1000, 1)
  from(0x10000, 1)
  t.equal(asked.length, pageBound + 2)
})
