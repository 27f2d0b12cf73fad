import t from 'tap'
import { pathOf, versionOf, warningOf } from '../../../fs/winfsp/find.ts'
import type { Winfsp } from '../../../fs/winfsp/winfsp.ts'

const folder = 'C:\\Program Files (x86)\\WinFsp'

t.test('the DLL is the machine\u2019s, by an absolute path', async t => {
  const place = { override: undefined, installed: () => `${folder}\\` }
  for (const [arch, file] of [
    ['x64', 'winfsp-x64.dll'],
    ['ia32', 'winfsp-x86.dll'],
    ['arm64', 'winfsp-a64.dll'],
  ] as const)
    t.equal(pathOf({ ...place, arch }), `${folder}\\bin\\${file}`)
  t.equal(
    pathOf({ ...place, arch: 'x64', installed: () => folder }),
    `${folder}\\bin\\winfsp-x64.dll`,
  )
  t.throws(() => pathOf({ ...place, arch: 'mips' }), { code: 'ENODEV' })
  for (const where of [undefined, '', 'bin', '\\bin'])
    t.throws(
      () => pathOf({ ...place, arch: 'x64', installed: () => where }),
      { code: 'ENODEV', message: /winget install WinFsp\.WinFsp/ },
      `${where}`,
    )
})

t.test('another DLL may be named', async t => {
  const place = { arch: 'x64', installed: () => undefined }
  for (const path of ['D:\\x.dll', 'D:/x.dll', '\\\\server\\share\\x.dll'])
    t.equal(pathOf({ ...place, override: path }), path)
  for (const path of ['x.dll', '\\x.dll', 'D:x.dll'])
    t.throws(() => pathOf({ ...place, override: path }), { code: 'EINVAL' })
  t.throws(() => pathOf({ ...place, override: '' }), { code: 'ENODEV' })
})

t.test('releases that are too old, and those with known holes', async t => {
  for (const version of [0, 0x1_0005, 0x1_000c])
    t.throws(() => warningOf(version), {
      code: 'ENODEV',
      message: /too old, 2\.0 is needed/,
    })
  for (const version of [0x2_0000, 0x2_0001])
    t.match(warningOf(version), /^WinFsp 2\.[01] has .*CVE-2026-3006/)
  for (const version of [0x2_0002, 0x2_0010, 0x3_0000])
    t.equal(warningOf(version), undefined)
})

t.test('a DLL that does not tell its release is none', async t => {
  const telling = (FspVersion: Winfsp['FspVersion']): number =>
    versionOf({ FspVersion } as Winfsp)
  const tell = (bytes: Uint8Array | null): number => {
    bytes?.set([2, 0, 2, 0])
    return 0
  }
  t.equal(telling(tell), 0x2_0002)
  t.throws(() => telling(() => 0xc000000e | 0), { code: 'ENODEV' })
  t.throws(
    () =>
      telling(() => {
        throw new Error('cannot load')
      }),
    { code: 'ENODEV', message: /^WinFsp not found/ },
  )
})
