import t from 'tap'
import {
  basicInfo,
  CLIENT_ID,
  HANDLE,
  KERNEL_USER_TIMES,
  OBJECT_ATTRIBUTES,
  PROCESS_EXTENDED_BASIC_INFORMATION,
  RTL_OSVERSIONINFOW,
  SYSTEM_PERFORMANCE_INFORMATION,
  SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION,
  SYSTEM_TIMEOFDAY_INFORMATION,
} from '../../../provider/nt/query.ts'

/** Where winternl.h and phnt have them, for 64 bits: bytes, and what they tell. */
const rows = [
  ['OBJECT_ATTRIBUTES', OBJECT_ATTRIBUTES, 48, { Length: [0, 4] }],
  ['CLIENT_ID', CLIENT_ID, 16, { UniqueProcess: [0, 8], UniqueThread: [8, 8] }],
  ['HANDLE', HANDLE, 8, { value: [0, 8] }],
  [
    'PROCESS_EXTENDED_BASIC_INFORMATION',
    PROCESS_EXTENDED_BASIC_INFORMATION,
    64,
    {
      Size: [0, 8],
      ExitStatus: [8, 4],
      PebBaseAddress: [16, 8],
      UniqueProcessId: [40, 8],
      InheritedFromUniqueProcessId: [48, 8],
      Flags: [56, 4],
    },
  ],
  [
    'KERNEL_USER_TIMES',
    KERNEL_USER_TIMES,
    32,
    {
      CreateTime: [0, 8],
      ExitTime: [8, 8],
      KernelTime: [16, 8],
      UserTime: [24, 8],
    },
  ],
  [
    'SYSTEM_TIMEOFDAY_INFORMATION',
    SYSTEM_TIMEOFDAY_INFORMATION,
    48,
    { BootTime: [0, 8], CurrentTime: [8, 8] },
  ],
  [
    'SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION',
    SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION,
    48,
    {
      IdleTime: [0, 8],
      KernelTime: [8, 8],
      UserTime: [16, 8],
      DpcTime: [24, 8],
      InterruptTime: [32, 8],
      InterruptCount: [40, 4],
    },
  ],
  [
    'SYSTEM_PERFORMANCE_INFORMATION',
    SYSTEM_PERFORMANCE_INFORMATION,
    344,
    { ContextSwitches: [296, 4] },
  ],
  [
    'RTL_OSVERSIONINFOW',
    RTL_OSVERSIONINFOW,
    276,
    {
      dwOSVersionInfoSize: [0, 4],
      dwMajorVersion: [4, 4],
      dwMinorVersion: [8, 4],
      dwBuildNumber: [12, 4],
    },
  ],
] as const

/** Little-endian: each byte is its offset, plus one, of which the lowest 8 bits. */
const valueAt = (offset: number, length: number): number =>
  Array.from(
    { length },
    (_, at) => ((offset + at + 1) % 256) * 256 ** at,
  ).reduce((sum, byte) => sum + byte)

for (const [name, layout, size, fields] of rows)
  t.test(`${name} is as the headers have it`, async t => {
    const bytes = Uint8Array.from({ length: size }, (_, at) => at + 1)
    t.equal(layout.size, size)
    t.same(Object.keys(layout.fields), Object.keys(fields))
    const view: object = layout.view(new DataView(bytes.buffer))
    for (const [field, [offset, length]] of Object.entries(fields))
      t.equal(
        Number(view[field as keyof object]),
        valueAt(offset, length),
        field,
      )
  })

t.test('the basic information lies within the extended one', async t => {
  const [from, to] = basicInfo
  t.equal(to - from, 48, 'bytes of PROCESS_BASIC_INFORMATION')
  const { fields } = PROCESS_EXTENDED_BASIC_INFORMATION
  t.equal(fields.ExitStatus[0] - from, 0)
  t.equal(fields.PebBaseAddress[0] - from, 8)
  t.equal(fields.UniqueProcessId[0] - from, 32)
  t.equal(fields.Flags[0], to)
})
