import t from 'tap'
import { MEMORY_BASIC_INFORMATION } from '../../../provider/nt/virtual.ts'

const over = (hex: string): DataView =>
  new DataView(Uint8Array.from(Buffer.from(hex, 'hex')).buffer)

t.test('a MEMORY_BASIC_INFORMATION as a 64-bit Windows lays it out', t => {
  const hex =
    '0010ffbdf87f0000' + // BaseAddress
    '0000ffbdf87f0000' + // AllocationBase
    '80000000' + // PAGE_EXECUTE_WRITECOPY
    '0000' + // PartitionId
    'cccc' +
    '0000080000000000' + // RegionSize
    '00100000' + // MEM_COMMIT
    '20000000' + // PAGE_EXECUTE_READ
    '00000001' + // MEM_IMAGE
    'cccccccc'
  t.equal(MEMORY_BASIC_INFORMATION.size, hex.length / 2)
  const info = MEMORY_BASIC_INFORMATION.view(over(hex))
  t.equal(info.BaseAddress, 0x7ff8_bdff_1000)
  t.equal(info.AllocationBase, 0x7ff8_bdff_0000)
  t.equal(info.AllocationProtect, 0x80)
  t.equal(info.RegionSize, 0x8_0000)
  t.equal(info.State, 0x1000)
  t.equal(info.Protect, 0x20)
  t.equal(info.Type, 0x100_0000)
  t.end()
})
