import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import { unloadedOf } from '../../../provider/minidump/unloaded.ts'
import {
  dumpOf,
  long,
  sourceOf,
  string,
  words,
  type Made,
} from '../../fixtures/dump.ts'

const dumped = (stream: Uint8Array | Made) =>
  openDump(sourceOf(dumpOf({ others: [[14, stream]] })))

t.test('modules that were there before', t => {
  const list: Made = put =>
    Buffer.concat([
      words(16, 28, 1, 0),
      long(0x7ff0_0000),
      words(0x3000, 0, 0, put(string('gone.dll')), 0),
    ])
  t.same(unloadedOf(dumped(list)), [
    { base: 0x7ff0_0000, end: 0x7ff0_3000, name: 'gone.dll' },
  ])
  t.same(unloadedOf(openDump(sourceOf(dumpOf({ misc: [1, 2, 3] })))), [])
  t.end()
})

t.test('what cannot be a list is refused', t => {
  for (const [stream, message] of [
    [words(12, 23, 0), /SizeOfEntry 23/],
    [words(12, 24, 1), /1 entries of 24/],
    [words(12, 24, 1, 0, 0, 0, 0, 0, 0xffff_ffff), /a name beyond its end/],
  ] as const)
    t.throws(() => unloadedOf(dumped(stream)), { code: 'EIO', message })
  t.end()
})
