import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import {
  identityOf,
  type Identity,
} from '../../../provider/minidump/identity.ts'
import { dumpOf, sourceOf, type Dumped } from '../../fixtures/dump.ts'

const identity = (dumped: Dumped): Identity =>
  identityOf(openDump(sourceOf(dumpOf(dumped))))

t.test('a dump tells its process and its system', t => {
  t.same(
    identity({ system: { processors: 6 }, misc: [3, 42, 1_700_000_000] }),
    {
      pid: 42,
      system: 'Windows',
      start: 1_700_000_000n,
      written: 0x6000_0000n,
      processors: 6,
      architecture: 'x64',
      width: 8,
      major: 10,
      minor: 0,
      build: 26_100,
      servicePack: '',
    },
  )
  t.end()
})

t.test('a start that is not told is 0', t => {
  t.equal(identity({ system: {}, misc: [1, 42, 7] }).start, 0n)
  t.end()
})

t.test('processors that Windows runs on', t => {
  const table = [
    [0, 'x86'],
    [5, 'arm'],
    [9, 'x64'],
    [12, 'arm64'],
  ] as const
  for (const [architecture, name] of table)
    t.equal(
      identity({ system: { architecture }, misc: [1, 2, 3] }).architecture,
      name,
    )
  t.end()
})

t.test('a dump that is of no process we know is refused', t => {
  const misc = [3, 42, 7] as const
  const table: readonly (readonly [Dumped, string, RegExp])[] = [
    [{ system: { platform: 0x8201 }, misc }, 'EINVAL', /Linux \(PlatformId 0x/],
    [{ system: { platform: 0x8101 }, misc }, 'EINVAL', /macOS/],
    [{ system: { platform: 77 }, misc }, 'EINVAL', /unknown system/],
    [{ system: { architecture: 6 }, misc }, 'EINVAL', /Architecture, 6/],
    [{ misc }, 'EIO', /no SystemInfo stream \(7\)/],
    [{ system: {} }, 'EIO', /no MiscInfo stream \(15\)/],
    [{ system: {}, misc: [2, 42, 7] }, 'EIO', /does not tell its ProcessId/],
    [{ system: {}, misc: [3, 0, 7] }, 'EIO', /does not tell its ProcessId/],
    [
      { misc, others: [[7, new Uint8Array(8)]] },
      'EIO',
      /SystemInfo: 8 bytes, not even 32/,
    ],
  ]
  for (const [dumped, code, message] of table)
    t.throws(() => identity(dumped), { code, message }, String(message))
  t.end()
})
