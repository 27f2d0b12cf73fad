import t, { type Test } from 'tap'
import { opened } from '../../../provider/linux/file.ts'
import { MaxRead, readMemory } from '../../../provider/linux/memory.ts'
import { open } from '../../../provider/linux/index.ts'
import { missing, noLinux } from '../../rig/need.ts'

const memory = (t: Test): (<T>(use: (fd: number) => T) => T) => {
  const path = `${t.testdir({ mem: 'memory' })}/mem`
  return use => opened(path, use)
}

t.test('gives the bytes that are there', async t => {
  memory(t)(fd => {
    t.equal(Buffer.from(readMemory(fd, 0, 3)).toString(), 'mem')
    t.equal(Buffer.from(readMemory(fd, 3, 99)).toString(), 'ory')
    t.equal(readMemory(fd, 99, 9).length, 0)
    t.equal(readMemory(fd, 0, 0).length, 0)
  })
})

t.test('each read has bytes of its own', async t => {
  memory(t)(fd => {
    const first = readMemory(fd, 0, 3)
    readMemory(fd, 3, 3)
    t.equal(Buffer.from(first).toString(), 'mem')
  })
})

t.test('an address from 2^63 up is a hole', async t => {
  memory(t)(fd => {
    t.equal(readMemory(fd, 2 ** 63, 16).length, 0)
    t.equal(readMemory(fd, 0xffffffffff600000, 4096).length, 0)
  })
})

t.test('what is no address or length is EINVAL, too much EFBIG', async t => {
  memory(t)(fd => {
    for (const bad of [-1, 0.5, Number.NaN, Infinity]) {
      t.throws(() => readMemory(fd, bad, 1), { code: 'EINVAL' })
      t.throws(() => readMemory(fd, 0, bad), { code: 'EINVAL' })
    }
    t.throws(() => readMemory(fd, 0, MaxRead + 1), { code: 'EFBIG' })
    t.equal(readMemory(fd, 0, MaxRead).length, 6)
  })
})

t.test('another error than a hole is an error', async t => {
  t.throws(() => readMemory(-1, 0, 1))
  t.throws(() => opened(t.testdir({}), fd => readMemory(fd, 0, 1)), {
    code: 'EISDIR',
  })
})

t.test('our own memory, and the holes in it', missing(noLinux), async t => {
  const own = open({ spans: false }).process(process.pid)
  t.teardown(() => own.close())
  const [first, ...others] = [...own.regions()].filter(
    ({ access, inode }) => access & 1 && inode !== undefined,
  )
  if (first === undefined) throw new Error('no file is mapped')
  t.strictSame(
    Buffer.from(own.read(first.start, 4)).toString('latin1'),
    '\x7fELF',
  )
  t.equal(own.read(first.start, 4096).length, 4096)
  t.equal(own.read(0, 4096).length, 0)
  t.equal(own.read(4096, 1).length, 0)
  t.equal(own.read(2 ** 53 + 2 ** 40, 16).length, 0)
  const last = [first, ...others].find(
    ({ end }) => ![...own.regions()].some(({ start }) => start === end),
  )
  if (last === undefined) throw new Error('no region ends at a gap')
  t.equal(own.read(last.end - 10, 100).length, 10, 'short at a hole')
})
