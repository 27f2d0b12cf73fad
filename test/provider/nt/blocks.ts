import t from 'tap'
import type { Numbers, Width } from '../../../provider/nt/memory.ts'
import {
  Peb,
  PebLeapSecond,
  PebTelemetry,
  PebWer,
} from '../../../provider/nt/peb.ts'
import { Teb, TebClientInfo } from '../../../provider/nt/teb.ts'

type Row = readonly [field: string, x64: number, x86: number]

/** Whether each field is read where the row says, and nowhere else. */
const check = (
  test: Pick<typeof t, 'equal' | 'ok' | 'fail'>,
  layoutOf: (width: Width) => Numbers<string> | undefined,
  rows: readonly Row[],
): void => {
  for (const [field, ...offsets] of rows)
    for (const [index, width] of ([8, 4] as const).entries()) {
      const layout = layoutOf(width)
      if (layout === undefined) {
        test.fail(`no layout of width ${width}`)
        continue
      }
      const bytes = new Uint8Array(layout.size)
      const at = offsets[index] as number
      bytes[at] = 0x17
      const view = layout.view(new DataView(bytes.buffer))
      const others = Object.keys(layout.fields).filter(name => name !== field)
      test.equal(view[field], 0x17, `${field}, ${width}`)
      test.ok(
        others.every(name => view[name] === 0),
        `only ${field}, ${width}`,
      )
    }
}

t.test('fields of the PEB', t => {
  check(t, width => Peb[width], [
    ['ProcessParameters', 0x20, 0x10],
    ['ProcessHeap', 0x30, 0x18],
    ['ApiSetMap', 0x68, 0x38],
    ['ReadOnlySharedMemoryBase', 0x88, 0x4c],
    ['SharedData', 0x90, 0x50],
    ['AnsiCodePageData', 0xa0, 0x58],
    ['NumberOfHeaps', 0xe8, 0x88],
    ['MaximumNumberOfHeaps', 0xec, 0x8c],
    ['ProcessHeaps', 0xf0, 0x90],
    ['GdiSharedHandleTable', 0xf8, 0x94],
    ['OSBuildNumber', 0x120, 0xac],
    ['pShimData', 0x2d8, 0x1e8],
    ['ActivationContextData', 0x2f8, 0x1f8],
    ['SystemDefaultActivationContextData', 0x308, 0x200],
  ])
  check(t, width => PebWer[width], [['WerRegistrationData', 0x358, 0x230]])
  t.ok(Peb[8].size <= 0x354, 'what Crashpad records of it')
  t.end()
})

t.test('fields that older PEBs end before', t => {
  check(t, width => PebTelemetry[width][0]?.layout, [
    ['TelemetryCoverageHeader', 0x7a0, 0x45c],
  ])
  check(t, width => PebLeapSecond[width][0]?.layout, [
    ['LeapSecondData', 0x7b8, 0x470],
  ])
  for (const width of [8, 4] as const) {
    t.equal(PebTelemetry[width][0]?.since, 16299)
    t.equal(PebLeapSecond[width][0]?.since, 17763)
    t.ok(PebWer[width].size <= (width === 8 ? 0x380 : 0x248), 'as of Windows 7')
  }
  t.end()
})

t.test('fields of the TEB', t => {
  check(t, width => Teb[width], [
    ['ExceptionList', 0, 0],
    ['StackBase', 0x8, 0x4],
    ['StackLimit', 0x10, 0x8],
    ['Self', 0x30, 0x18],
    ['UniqueProcess', 0x40, 0x20],
    ['UniqueThread', 0x48, 0x24],
    ['ProcessEnvironmentBlock', 0x60, 0x30],
  ])
  check(t, width => TebClientInfo[width], [['DeskInfo', 0x820, 0x6e4]])
  t.end()
})
