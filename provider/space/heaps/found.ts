import type { Span } from '../../contract.ts'
import type { Side } from '../target.ts'
import { wordsOf, type Family, type Heap, type Piece } from './heap.ts'
import { ntHeap } from './ntheap.ts'
import { segmentHeap } from './segmentheap.ts'
import { unseenHeap } from './unseen.ts'
import { wineHeap } from './wineheap.ts'

const families: readonly Family[] = [ntHeap, segmentHeap, wineHeap, unseenHeap]

/** The heap at an address, by the first family that knows it. */
const opened = (side: Side, address: number): Heap | undefined => {
  for (const open of families) {
    const heap = open(side, address)
    if (heap !== undefined) return heap
  }
  return undefined
}

/** Heaps of one process that are taken. */
export const heapBound = 0x1000

interface Known {
  readonly heap: Heap
  readonly id: number
  readonly isDefault: boolean
}

/** The heaps of one process that were met, and what they told. */
export class Found {
  readonly #heaps = new Map<number, Known>()
  readonly #spans = new Map<number, Span>()
  /** The number that no heap has yet. */
  next = 0

  spans(): Span[] {
    return [...this.#spans.values()]
  }

  /** Whether a span begins here. */
  has(start: number): boolean {
    return this.#spans.has(start)
  }

  isKnown(address: number): boolean {
    return this.#heaps.has(address)
  }

  /**
   * Where the heap at an address says that others are: nowhere, if none of any
   * family is there, or it was met before.
   */
  take(
    side: Side,
    address: number,
    isDefault = false,
    id = this.next,
  ): Iterable<number> {
    if (this.isKnown(address) || this.#heaps.size === heapBound) return []
    if (address === 0 || address % side.width !== 0) return []
    const heap = opened(side, address)
    if (heap === undefined) return []
    this.next = Math.max(this.next, id + 1)
    this.#heaps.set(address, { heap, id, isDefault })
    for (const piece of heap.pieces()) this.add(side, address, piece)
    return heap.others()
  }

  /** Of two claims to what begins at one address, the first holds. */
  add({ allocations }: Side, address: number, piece: Piece): void {
    const known = this.#heaps.get(address)
    const { start, end, isLarge = false } = piece
    if (known === undefined || this.has(start)) return
    const { heap, id, isDefault } = known
    const isShared = allocations.at(start)?.type === 'mapped'
    const words = wordsOf({ ...heap, isDefault, isShared, isLarge })
    this.#spans.set(start, { start, end, kind: 'win heap', id, words })
  }
}
