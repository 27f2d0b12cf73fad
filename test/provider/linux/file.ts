import { closeSync, openSync, truncateSync } from 'node:fs'
import t from 'tap'
import { Errno } from '../../../provider/errno.ts'
import {
  isEmpty,
  MaxText,
  named,
  opened,
  readAll,
  readOnce,
} from '../../../provider/linux/file.ts'

const pattern = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => index * 7 + (index >> 8)))

const lengths = [0, 1, 4096, 65535, 65536, 65537, 131072, 200_000]
for (const length of lengths)
  t.test(`${length} bytes are read, at once and in pieces`, async t => {
    const bytes = pattern(length)
    const path = `${t.testdir({ file: bytes })}/file`
    t.ok(opened(path, fd => readOnce(fd).equals(bytes)))
    t.ok(opened(path, fd => readAll(fd).equals(bytes)))
    t.equal(opened(path, isEmpty), length === 0)
  })

t.test('a file is read at once from its start, wherever it stood', async t => {
  const path = `${t.testdir({ file: 'abc' })}/file`
  opened(path, fd => {
    for (let time = 0; time < 2; time++) t.equal(readOnce(fd).toString(), 'abc')
    t.equal(readAll(fd).toString(), 'abc')
    t.equal(readAll(fd).toString(), '')
    t.equal(isEmpty(fd), false)
  })
})

t.test('what is read after something long is short again', async t => {
  const path = t.testdir({ long: pattern(1_300_000), short: 'x' })
  opened(`${path}/long`, fd => t.equal(readAll(fd).length, 1_300_000))
  opened(`${path}/short`, fd => t.equal(readAll(fd).toString(), 'x'))
  opened(`${path}/long`, fd => t.equal(readOnce(fd).length, 1_300_000))
  opened(`${path}/short`, fd => t.equal(readOnce(fd).toString(), 'x'))
  opened(`${path}/long`, fd => t.equal(readAll(fd).length, 1_300_000))
  opened(`${path}/short`, fd => t.equal(readOnce(fd).toString(), 'x'))
})

t.test('a file without end is EFBIG', async t => {
  const path = `${t.testdir({ file: '' })}/file`
  // a hole takes no room
  truncateSync(path, MaxText + 1)
  t.throws(() => opened(path, readAll), { code: 'EFBIG' })
  t.throws(() => opened(path, readOnce), { code: 'EFBIG' })
})

t.test('the descriptor is closed whatever comes of it', async t => {
  const path = `${t.testdir({ file: '' })}/file`
  let fd = -1
  t.throws(
    () =>
      opened(path, opened => {
        fd = opened
        throw new Errno('EIO')
      }),
    { code: 'EIO' },
  )
  t.throws(() => readOnce(fd), { code: 'EBADF' })
  const again = openSync(path, 'r')
  t.equal(again, fd)
  closeSync(again)
})

t.test('system errors get our name, others stay', async t => {
  const path = t.testdir({})
  try {
    opened(`${path}/absent`, readAll)
    t.fail('opened')
  } catch (thrown) {
    const ours = named(thrown) as Errno
    t.ok(ours instanceof Errno)
    t.equal(ours.code, 'ENOENT')
    t.match(ours.message, 'absent')
  }
  const ours = new Errno('EIO')
  t.equal(named(ours), ours)
  const theirs = new TypeError('x')
  t.equal(named(theirs), theirs)
  const unknown = Object.assign(new Error('x'), { code: 'EXDEV' })
  t.equal(named(unknown), unknown)
})
