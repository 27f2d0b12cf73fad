import { spawnSync } from 'node:child_process'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { DumpFile } from '../../../provider/minidump/file.ts'
import { missing, noProgram } from '../../rig/need.ts'

const path = join(t.testdir({ 'x.dmp': '0123456789', folder: {} }), 'x.dmp')

const bytes = (file: DumpFile, at: number, length: number): string => {
  const into = Buffer.alloc(length)
  file.load(into, at)
  return into.toString()
}

t.test('bytes are read by position', t => {
  const file = new DumpFile(path)
  t.teardown(() => file.close())
  t.same([file.name, file.size], [path, 10])
  t.equal(bytes(file, 7, 3), '789')
  t.equal(bytes(file, 0, 2), '01')
  t.equal(bytes(file, 10, 0), '')
  t.end()
})

t.test('bytes that are not there are EIO', t => {
  const file = new DumpFile(path)
  t.teardown(() => file.close())
  for (const at of [8, 10, 2 ** 40])
    t.throws(() => bytes(file, at, 3), {
      code: 'EIO',
      message: /x\.dmp: truncated: ends before offset/,
    })
  t.end()
})

t.test('a file that is cut while it is open is EIO', t => {
  const cut = join(t.testdir({}), 'cut.dmp')
  writeFileSync(cut, 'whole')
  const file = new DumpFile(cut)
  t.teardown(() => file.close())
  t.equal(bytes(file, 0, 5), 'whole')
  truncateSync(cut, 2)
  t.throws(() => bytes(file, 0, 5), { code: 'EIO' })
  t.end()
})

t.test('a closed one is EBADF, and closes twice', t => {
  const file = new DumpFile(path)
  file.close()
  file.close()
  t.throws(() => bytes(file, 0, 1), { code: 'EBADF' })
  t.end()
})

t.test('what cannot be opened tells why', t => {
  t.throws(() => new DumpFile(`${path}.gone`), {
    code: 'ENOENT',
    message: /x\.dmp\.gone/,
  })
  t.throws(() => new DumpFile(join(path, '../folder')), {
    code: 'EINVAL',
    message: /folder: not a regular file/,
  })
  t.end()
})

t.test('a FIFO is refused at once', missing(noProgram('mkfifo')), t => {
  const fifo = join(t.testdir({}), 'fifo.dmp')
  t.equal(spawnSync('mkfifo', [fifo]).status, 0)
  t.throws(() => new DumpFile(fifo), { code: 'EINVAL' })
  t.end()
})
