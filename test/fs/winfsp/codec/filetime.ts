import t from 'tap'
import { fileTime } from '../../../../fs/winfsp/codec/filetime.ts'

t.test('a FILETIME counts 100 ns from 1601 on', t => {
  t.equal(fileTime(0), 116_444_736_000_000_000n)
  t.equal(fileTime(Date.UTC(1601, 0, 1)), 0n)
  t.equal(fileTime(1.5), 116_444_736_000_015_000n)
  t.equal(fileTime(Date.UTC(2023, 10, 14)), 133_443_936_000_000_000n)
  t.end()
})
