import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import { handleCountOf, handlesOf } from '../../../provider/minidump/handles.ts'
import { handlesIn } from '../../rig/handles.ts'
import {
  dumpOf,
  long,
  sourceOf,
  string,
  words,
  type Made,
} from '../../fixtures/dump.ts'

const dumped = (stream: Uint8Array | Made) =>
  openDump(sourceOf(dumpOf({ others: [[12, stream]] })))

const list =
  (size: number): Made =>
  put => {
    const file = put(string('File'))
    return Buffer.concat([
      words(16, size, 2, 0),
      ...[
        [4, file, put(string('\\Device\\x'))],
        [8, file, 0],
      ].map(([handle = 0, type = 0, name = 0]) =>
        Buffer.concat([
          long(handle),
          words(type, name, 0, 0x12_0089, 1, 1),
          Buffer.alloc(size - 32),
        ]),
      ),
    ])
  }

t.test('handles, of both versions of the structure', t => {
  for (const size of [32, 40]) {
    const dump = dumped(list(size))
    t.equal(handleCountOf(dump), 2)
    t.same(handlesIn(handlesOf(dump)), [
      { handle: 4, type: 'File', name: '\\Device\\x', access: 0x12_0089 },
      { handle: 8, type: 'File', name: '', access: 0x12_0089 },
    ])
  }
  t.end()
})

t.test('no list is another thing than an empty one', t => {
  const none = openDump(sourceOf(dumpOf({ misc: [1, 2, 3] })))
  t.equal(handleCountOf(none), undefined)
  t.throws(() => handlesOf(none), {
    code: 'EIO',
    message: /no HandleData stream \(12\), which MiniDumpWithHandleData would/,
  })
  t.same(handlesIn(handlesOf(dumped(words(16, 40, 0, 0)))), [])
  t.equal(handleCountOf(dumped(words(16, 40, 0, 0))), 0)
  t.end()
})

t.test('what cannot be a list is refused', t => {
  const table: readonly (readonly [Buffer, string, RegExp])[] = [
    [words(16, 31, 0, 0), 'EIO', /SizeOfEntry 31/],
    [words(16, 32, 1, 0), 'EIO', /1 entries of 32 bytes/],
    [words(17, 32, 0, 0), 'EIO', /SizeOfHeader 17/],
  ]
  for (const [stream, code, message] of table)
    t.throws(() => handleCountOf(dumped(stream)), { code, message })
  t.throws(
    () =>
      handlesIn(handlesOf(dumped(words(16, 32, 1, 0, 4, 0, 9, 9, 0, 0, 0, 0)))),
    { code: 'EIO', message: /HandleData: a name of/ },
  )
  t.end()
})

t.test('handles by their numbers, in whatever order they are listed', t => {
  const one = (handle: bigint, access: number) => {
    const number = Buffer.alloc(8)
    number.writeBigUInt64LE(handle)
    return Buffer.concat([number, words(0, 0, 0, access, 1, 1)])
  }
  const dump = dumped(
    Buffer.concat([
      words(16, 32, 6, 0),
      one(12n, 1),
      one(0x1_0000_0004n, 2),
      one(4n, 3),
      one(12n, 4),
      one(0xffff_fffcn, 5),
      one(0n, 6),
    ]),
  )
  const found = handlesOf(dump)
  t.same([...found.numbers], [0, 4, 12, 0xffff_fffc], 'each once')
  t.same(
    [...found.numbers].map(number => found.handle(number)?.access),
    [6, 3, 1, 5],
    'of two alike the first',
  )
  for (const none of [8, 13, 0x1_0000_0004, -1, 0.5])
    t.equal(found.handle(none), undefined, `${none}`)
  t.end()
})
