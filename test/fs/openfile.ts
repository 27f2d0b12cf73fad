import t from 'tap'
import { walk } from '../../fs/lookup.ts'
import {
  OpenFile,
  partOf,
  type Renderer,
  type Request,
  type Settle,
} from '../../fs/openfile.ts'
import type { Text } from '../../fs/node.ts'
import type { Job } from '../../fs/render.ts'
import { system } from '../fixtures/provider.ts'

const machine = system({ processes: [{ pid: 1 }] })
const job: Job<Text> = {
  node: walk(machine, 'proc/1/maps') as Job<Text>['node'],
  caller: { uid: 0, gid: 0, tid: 1 },
}

/** Generations `a…`, `b…`, `c…`: one letter each, of the given lengths. */
const letters = (...lengths: number[]) => {
  let made = 0
  const renderer: Renderer = {
    render() {
      const length = lengths[made] ?? 10
      return Buffer.alloc(length, 'abcdefgh'[made++])
    },
    cancel: () => false,
  }
  const file = new OpenFile(job, renderer)
  return (offset: number, size: number): string =>
    Buffer.from(
      file.read({ id: 1n, offset: BigInt(offset), size }) as Uint8Array,
    ).toString()
}

t.test('reads that go on where the last one ended are one text', async t => {
  const read = letters()
  t.equal(read(0, 4), 'aaaa')
  t.equal(read(4, 4), 'aaaa')
  t.equal(read(8, 4), 'aa')
  t.equal(read(10, 4), '')
  t.equal(read(10, 4), '', 'also at the end')
})

t.test('a read at 0 is a new text, always', async t => {
  const read = letters()
  t.equal(read(0, 4), 'aaaa')
  t.equal(read(0, 4), 'bbbb')
  t.equal(read(4, 4), 'bbbb')
  t.equal(read(0, 0), '')
  t.equal(read(0, 1), 'd')
})

t.test('a read at any other offset is a new text', async t => {
  const read = letters()
  t.equal(read(4, 2), 'aa', 'the first one, too')
  t.equal(read(2, 2), 'bb')
  t.equal(read(4, 2), 'bb')
  t.equal(read(7, 2), 'cc')
})

t.test('an empty text is asked for again', async t => {
  const read = letters(0, 3)
  t.equal(read(0, 4), '')
  t.equal(read(0, 4), 'bbb')
})

t.test('a read past the end is empty, and goes on from there', async t => {
  const read = letters(3, 3, 3)
  t.equal(read(50, 4), '')
  t.equal(read(50, 4), '')
  t.equal(read(0, 4), 'bbb', 'the text that was made for it')
})

t.test('a text that is made later is served from then on', async t => {
  const settles: Settle[] = []
  const asked: Request[] = []
  const file = new OpenFile(job, {
    render(_job, request, settle) {
      asked.push(request)
      settles.push(settle)
      return undefined
    },
    cancel: () => false,
  })
  t.equal(file.read({ id: 1n, offset: 0n, size: 4 }), undefined)
  settles[0]?.(Buffer.from('abcdef'), 0)
  t.same(file.read({ id: 2n, offset: 4n, size: 9 }), Buffer.from('ef'))
  t.equal(asked.length, 1)
  t.equal(file.read({ id: 3n, offset: 0n, size: 4 }), undefined)
  settles[1]?.(undefined, 0)
  t.same(
    file.read({ id: 4n, offset: 6n, size: 9 }),
    Buffer.from(''),
    'one that failed leaves the last as it was',
  )
})

t.test('a host may have a text made by a rule of its own', async t => {
  const request = { id: 1n, offset: 5, size: 0, lines: false }
  const settle = (): void => {}
  const file = new OpenFile(job, {
    render: (...asked) => {
      t.same(asked, [job, request, settle])
      return Buffer.from('abc')
    },
    cancel: () => false,
  })
  t.same(file.generate(request, settle), Buffer.from('abc'))
})

const page = 4096
/** 150 lines of 100 bytes. */
const lined = Buffer.from(`${'x'.repeat(99)}\n`.repeat(150))

t.test('a read of a page or more gets whole lines', async t => {
  const part = (offset: number, size: number, lines = true) =>
    partOf(lined, { offset, size, lines }).length
  t.equal(part(0, page), 4000)
  t.equal(part(0, page + 4), 4100)
  t.equal(part(50, page), 4050)
  t.equal(part(0, 1e6), lined.length)
  t.equal(part(lined.length - page, page), page, 'up to the end')
  t.equal(part(lined.length, page), 0)
  t.equal(part(1e9, page), 0)
  t.equal(part(0, page - 1), page - 1, 'a smaller one gets what fits')
  t.equal(part(0, page, false), page, 'what is not lines is given as asked')
  const endless = Buffer.alloc(3 * page, 'x')
  t.equal(
    partOf(endless, { offset: 0, size: page, lines: true }).length,
    page,
    'part of a line where no whole one fits',
  )
})

t.test('a line that is held back comes with the next read', async t => {
  const file = new OpenFile(job, { render: () => lined, cancel: () => false })
  const sizes: number[] = []
  for (let offset = 0; offset < lined.length; offset += sizes.at(-1) ?? 0) {
    const ask = { id: 1n, offset: BigInt(offset), size: page }
    const part = file.read(ask) as Uint8Array
    t.equal(part.at(-1), 10)
    sizes.push(part.length)
  }
  t.same(sizes, [4000, 4000, 4000, 3000])
})
