import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import {
  threadInfosOf,
  threadNamesOf,
} from '../../../provider/minidump/threadinfo.ts'
import {
  dumpOf,
  long,
  sourceOf,
  string,
  words,
  type Made,
} from '../../fixtures/dump.ts'

const dumped = (type: number, stream: Uint8Array | Made) =>
  openDump(sourceOf(dumpOf({ others: [[type, stream]] })))

/** One entry: id, flags, then times and the rest as 64 bits. */
const info = (tid: number, flags: number, ...rest: number[]): Buffer =>
  Buffer.concat([words(tid, flags, 0, 259), ...rest.map(long)])

const times = [1000, 0, 300, 400, 0x40_1000, 3]

t.test('times of threads, the first of each id', t => {
  const infos = threadInfosOf(
    dumped(
      17,
      Buffer.concat([
        words(12, 64, 3),
        info(8, 0, ...times),
        info(8, 0, 9, 9, 9, 9, 9, 9),
        info(12, 8, 9, 9, 9, 9, 9, 9),
      ]),
    ),
  )
  t.same(
    [...infos],
    [
      [
        8,
        {
          created: 1000n,
          exited: 0n,
          kernel: 300,
          user: 400,
        },
      ],
    ],
    'of one that could not be told, nothing is',
  )
  t.end()
})

t.test('names of threads, the first of each id', t => {
  const names = threadNamesOf(
    dumped(24, put =>
      Buffer.concat([
        words(3),
        ...[
          [8, 'main'],
          [8, 'other'],
          [12, 'wörker\u{1f600}'],
        ].map(([tid, name]) =>
          Buffer.concat([words(Number(tid)), long(put(string(String(name))))]),
        ),
      ]),
    ),
  )
  t.same(
    [...names],
    [
      [8, 'main'],
      [12, 'wörker\u{1f600}'],
    ],
  )
  t.end()
})

t.test('where there are none, none are told', t => {
  const dump = dumped(15, new Uint8Array(24))
  t.equal(threadInfosOf(dump).size, 0)
  t.equal(threadNamesOf(dump).size, 0)
  t.end()
})

t.test('what cannot be a list is refused', t => {
  const table: readonly (readonly [number, Buffer, RegExp])[] = [
    [17, words(12, 64), /ThreadInfoList: 8 bytes, not even 12/],
    [17, words(8, 64, 0), /ThreadInfoList: SizeOfHeader 8/],
    [17, words(12, 60, 0), /SizeOfEntry 60/],
    [17, words(12, 64, 1), /1 entries of 64 bytes are more than its 0/],
    [17, words(12, 0xffff_ffff, 0xffff_ffff), /entries of 4294967295/],
    [24, words(1), /ThreadNames: 1 entries/],
    [24, words(1, 8, 0xffff_fff0, 0xffff_ffff), /a name beyond its end/],
    [24, words(1, 8, 0, 0), /ThreadNames: a name of \d+ bytes/],
  ]
  for (const [type, stream, message] of table)
    t.throws(
      () => {
        threadInfosOf(dumped(type, stream))
        threadNamesOf(dumped(type, stream))
      },
      { code: 'EIO', message },
      String(message),
    )
  t.end()
})
