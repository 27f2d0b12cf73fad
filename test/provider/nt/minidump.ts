import t from 'tap'
import { n64, u16, u32, u64, u8 } from '../../../provider/nt/layout.ts'
import * as minidump from '../../../provider/nt/minidump.ts'

const widths = new Map<unknown, number>([
  [u8, 1],
  [u16, 2],
  [u32, 4],
  [n64, 8],
  [u64, 8],
])

t.test('structures are of the sizes of minidumpapiset.h', t => {
  const table = [
    ['MINIDUMP_HEADER', minidump.MINIDUMP_HEADER, 32],
    ['MINIDUMP_DIRECTORY', minidump.MINIDUMP_DIRECTORY, 12],
    ['MINIDUMP_LIST', minidump.MINIDUMP_LIST, 4],
    ['MINIDUMP_THREAD', minidump.MINIDUMP_THREAD, 48],
    ['MINIDUMP_MODULE', minidump.MINIDUMP_MODULE, 108],
    ['MINIDUMP_STRING', minidump.MINIDUMP_STRING, 4],
    ['MINIDUMP_MEMORY_DESCRIPTOR', minidump.MINIDUMP_MEMORY_DESCRIPTOR, 16],
    ['MINIDUMP_MEMORY64_LIST', minidump.MINIDUMP_MEMORY64_LIST, 16],
    ['MINIDUMP_MEMORY_DESCRIPTOR64', minidump.MINIDUMP_MEMORY_DESCRIPTOR64, 16],
    ['MINIDUMP_MEMORY_INFO_LIST', minidump.MINIDUMP_MEMORY_INFO_LIST, 16],
    ['MINIDUMP_MEMORY_INFO', minidump.MINIDUMP_MEMORY_INFO, 48],
    ['MINIDUMP_SYSTEM_INFO', minidump.MINIDUMP_SYSTEM_INFO, 32],
    ['MINIDUMP_MISC_INFO', minidump.MINIDUMP_MISC_INFO, 24],
  ] as const
  for (const [name, { size, fields }, bytes] of table) {
    t.equal(size, bytes, name)
    let end = 0
    for (const [field, [offset, type]] of Object.entries(fields)) {
      t.ok(offset >= end, `${name}.${field} comes after the one before`)
      end = offset + Number(widths.get(type))
    }
    t.ok(end <= size, `${name} holds its fields`)
  }
  t.end()
})

t.test('streams have the numbers of MINIDUMP_STREAM_TYPE', t => {
  const numbers = Object.entries(minidump.streams).map(([name, [type]]) => [
    name,
    type,
  ])
  t.same(Object.fromEntries(numbers), {
    ThreadList: 3,
    ModuleList: 4,
    MemoryList: 5,
    SystemInfo: 7,
    Memory64List: 9,
    MiscInfo: 15,
    MemoryInfoList: 16,
  })
  t.end()
})
