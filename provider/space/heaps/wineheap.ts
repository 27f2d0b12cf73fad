import { entriesOf } from '../../nt/list.ts'
import { structure } from '../../nt/memory.ts'
import {
  WineHeap,
  WineLowFragmentation,
  WineMagic,
  WineSignature,
  WineSubheap,
} from '../../nt/wineheap.ts'
import type { Side } from '../target.ts'
import { privateAt, type Family } from './heap.ts'

const headerAt = ({ read, width }: Side, address: number) => {
  for (const layout of WineHeap[width]) {
    const heap = structure(read, layout, address)
    if (heap?.ffeeffee !== WineSignature) return undefined
    if (heap.magic === WineMagic) return { heap, fields: layout.fields }
  }
  return undefined
}

/**
 * Wine's heap: its subheaps and its large blocks. Wine fills no array in the
 * PEB; its heaps are on a list through all of them.
 *
 * Approximation: the bins of a low-fragmentation front are on no list, and
 * have no label.
 */
export const wineHeap: Family = (side, address) => {
  const { read, width } = side
  const header = headerAt(side, address)
  if (header === undefined) return undefined
  const { heap, fields } = header
  const isLow =
    'compat_info' in heap && heap.compat_info === WineLowFragmentation
  return {
    flags: heap.flags | heap.force_flags,
    ...(isLow && { word: 'lfh' }),
    *pieces() {
      yield* privateAt(side, address)
      const subheap = WineSubheap[width]
      const [member] = subheap.fields.entry
      const subheaps = address + fields.subheap_list[0]
      for (const entry of entriesOf(read, width, subheaps)) {
        const owner = structure(read, subheap, entry - member)?.user_value
        if (owner === address) yield* privateAt(side, entry - member)
      }
      const blocks = address + fields.large_list[0]
      for (const block of entriesOf(read, width, blocks))
        yield* privateAt(side, block, true)
    },
    *others() {
      const [member] = fields.entry
      for (const entry of entriesOf(read, width, address + member))
        yield entry - member
    },
  }
}
