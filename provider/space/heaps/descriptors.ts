import { HeapDescriptor } from '../../nt/heap.ts'
import { entriesOf } from '../../nt/list.ts'
import { structure } from '../../nt/memory.ts'
import type { Side } from '../target.ts'

/**
 * Heaps of the descriptor chain that 24H2 hangs on its first heap, from any
 * one of the descriptors. Not validated: what has no heap's signature is none.
 */
export function* described(
  { read, width }: Side,
  descriptor: number | undefined,
): Generator<number, void, undefined> {
  if (descriptor === undefined || descriptor % width !== 0) return
  for (const node of [descriptor, ...entriesOf(read, width, descriptor)]) {
    const heap = structure(read, HeapDescriptor[width], node)?.Heap
    if (heap !== undefined) yield heap
  }
}
