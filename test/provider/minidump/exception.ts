import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import { exceptionOf } from '../../../provider/minidump/exception.ts'
import { dumpOf, long, sourceOf, words } from '../../fixtures/dump.ts'

/** An Exception stream (6) of thread 7, at 0x1234, as minidumpapiset.h has it. */
const dumped = (code: number, ...parameters: readonly number[]) =>
  openDump(
    sourceOf(
      dumpOf({
        others: [
          [
            6,
            Buffer.concat([
              words(7, 0, code, 1),
              long(0),
              long(0x1234),
              words(parameters.length, 0),
              ...[...parameters, ...Array(15).fill(0)].slice(0, 15).map(long),
              words(0, 0),
            ]),
          ],
        ],
      }),
    ),
  )

const violation = 0xc000_0005
const inPage = 0xc000_0006

t.test('an access that failed tells what was tried, and where', t => {
  for (const [how, kind] of [
    ['read', 0],
    ['write', 1],
    ['execute', 8],
  ] as const)
    for (const code of [violation, inPage])
      t.match(exceptionOf(dumped(code, kind, 0x5678)), {
        tid: 7,
        code,
        address: 0x1234n,
        tried: { how, address: 0x5678n },
      })
  t.end()
})

t.test(
  'parameters that are not there, or mean something else, tell nothing',
  t => {
    for (const [code, ...parameters] of [
      [violation],
      [violation, 1],
      [violation, 2, 0x5678],
      [0x8000_0003, 1, 0x5678],
    ] as const)
      t.notOk('tried' in exceptionOf(dumped(code, ...parameters)))
    t.end()
  },
)

t.test('a code has a name, where it is known', t => {
  t.equal(exceptionOf(dumped(violation)).name, 'EXCEPTION_ACCESS_VIOLATION')
  t.equal(exceptionOf(dumped(0x1234_5678)).name, '')
  t.end()
})

t.test('without the stream it is EIO', t => {
  const bare = openDump(sourceOf(dumpOf({ misc: [1, 2, 3] })))
  t.throws(() => exceptionOf(bare), { code: 'EIO', message: /Exception/ })
  t.end()
})
