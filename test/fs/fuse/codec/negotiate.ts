import t from 'tap'
import { Init, Version } from '../../../../fs/fuse/codec/flags.ts'
import { negotiate } from '../../../../fs/fuse/codec/negotiate.ts'
import { InitIn } from '../../../../fs/fuse/codec/structures.ts'

const kernel = (major: number, minor: number, flags = 0xffff_ffff) => {
  const init = InitIn.view(new DataView(new ArrayBuffer(InitIn.size)))
  Object.assign(init, { major, minor, max_readahead: 131072, flags })
  return init
}

t.test('the lower of both minor versions is spoken', t => {
  const minors = [
    [31, 31],
    [38, 38],
    [Version.minor, Version.minor],
    [99, Version.minor],
  ] as const
  for (const [theirs, spoken] of minors) {
    const { major, minor } = negotiate(kernel(7, theirs), 65536)
    t.strictSame([major, minor], [7, spoken])
  }
  t.end()
})

t.test('nothing is asked of a kernel that it does not have', t => {
  t.equal(negotiate(kernel(7, 31, 0), 65536).flags, 0)
  const { flags } = negotiate(kernel(7, 31, Init.MAX_PAGES), 65536)
  t.equal(flags, Init.MAX_PAGES)
  // reads of one handle must come one after the other
  t.notOk((negotiate(kernel(7, 31), 65536).flags ?? 0) & Init.ASYNC_DIO)
  t.equal(
    negotiate(kernel(7, 31), 65536).flags,
    Init.ASYNC_READ |
      Init.ATOMIC_O_TRUNC |
      Init.DO_READDIRPLUS |
      Init.READDIRPLUS_AUTO |
      Init.PARALLEL_DIROPS |
      Init.ABORT_ERROR |
      Init.MAX_PAGES,
  )
  t.end()
})

t.test('a read may be as large as is asked for, in whole pages', t => {
  t.equal(negotiate(kernel(7, 38), 131072).max_pages, 32)
  t.equal(negotiate(kernel(7, 38), 131073).max_pages, 33)
  t.end()
})

t.test('a later major version is asked to come back with ours', t => {
  t.strictSame(negotiate(kernel(8, 0), 65536), { major: 7 })
  t.end()
})

t.test('a kernel too old is refused by name', t => {
  for (const [major, minor] of [
    [7, 30],
    [6, 99],
  ] as const)
    t.throws(() => negotiate(kernel(major, minor), 65536), {
      code: 'ENODEV',
      message: `the kernel speaks FUSE ${major}.${minor}: 7.31 (Linux 5.4) or later is needed`,
    })
  t.end()
})
