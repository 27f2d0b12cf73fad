import t from 'tap'
import { i32, n64, u16, u32, u64, u8 } from '../../../provider/nt/layout.ts'
import * as minidump from '../../../provider/nt/minidump.ts'
import * as crash from '../../../provider/nt/minidumpcrash.ts'
import * as process from '../../../provider/nt/minidumpprocess.ts'
import * as thread from '../../../provider/nt/minidumpthread.ts'

const widths = new Map<unknown, number>([
  [u8, 1],
  [u16, 2],
  [u32, 4],
  [i32, 4],
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
    ['MINIDUMP_MISC_INFO', process.MINIDUMP_MISC_INFO, 24],
    ['MINIDUMP_MISC_INFO_3', process.MINIDUMP_MISC_INFO_3, 232],
    ['MINIDUMP_MISC_INFO_4', process.MINIDUMP_MISC_INFO_4, 832],
    [
      'MINIDUMP_UNLOADED_MODULE_LIST',
      process.MINIDUMP_UNLOADED_MODULE_LIST,
      12,
    ],
    ['MINIDUMP_UNLOADED_MODULE', process.MINIDUMP_UNLOADED_MODULE, 24],
    ['MINIDUMP_HANDLE_DATA_STREAM', process.MINIDUMP_HANDLE_DATA_STREAM, 16],
    ['MINIDUMP_HANDLE_DESCRIPTOR', process.MINIDUMP_HANDLE_DESCRIPTOR, 32],
    ['MINIDUMP_PROCESS_VM_COUNTERS', process.MINIDUMP_PROCESS_VM_COUNTERS, 80],
    ['MINIDUMP_TOKEN_INFO_LIST', process.MINIDUMP_TOKEN_INFO_LIST, 16],
    ['MINIDUMP_THREAD_INFO_LIST', thread.MINIDUMP_THREAD_INFO_LIST, 12],
    ['MINIDUMP_THREAD_INFO', thread.MINIDUMP_THREAD_INFO, 64],
    ['MINIDUMP_THREAD_NAME', thread.MINIDUMP_THREAD_NAME, 12],
    ['MINIDUMP_EXCEPTION_STREAM', crash.MINIDUMP_EXCEPTION_STREAM, 168],
    ['MDRawBreakpadInfo', crash.BreakpadInfo, 12],
    ['MDRawAssertionInfo', crash.AssertionInfo, 776],
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
    Exception: 6,
    HandleData: 12,
    UnloadedModuleList: 14,
    ThreadInfoList: 17,
    Token: 19,
    ProcessVmCounters: 22,
    ThreadNames: 24,
    OwnRegions: 0x5750_0001,
    OwnSpans: 0x5750_0002,
    CrashpadInfo: 0x4350_0001,
    BreakpadInfo: 0x4767_0001,
    AssertionInfo: 0x4767_0002,
    MiscInfo: 15,
    MemoryInfoList: 16,
  })
  t.end()
})
