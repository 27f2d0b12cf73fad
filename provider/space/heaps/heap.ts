import { HeapFlag } from '../../nt/heapflags.ts'
import type { Side } from '../target.ts'

/** A part of a heap, in one allocation. */
export interface Piece {
  /** `[start, end)` */
  readonly start: number
  readonly end: number
  /** Of a block too large for any segment. */
  readonly isLarge?: boolean
}

/** A heap that was recognized; its lists are walked when they are asked for. */
export interface Heap {
  /** HeapFlag */
  readonly flags: number
  readonly word?: 'lfh' | 'segment'
  pieces(): Iterable<Piece>
  /** Where this heap says others are, itself perhaps among them. */
  others(): Iterable<number>
}

/** The heap at an address, if one of this family is there. */
export type Family = (side: Side, address: number) => Heap | undefined

/** A whole allocation, if the address lies in private memory. */
export function* privateAt(
  { allocations }: Side,
  address: number,
  isLarge = false,
): Generator<Piece, void, undefined> {
  const found = allocations.at(address)
  if (found?.type !== 'private') return
  yield { start: found.start, end: found.end, isLarge }
}

const debugging =
  HeapFlag.TailChecking |
  HeapFlag.FreeChecking |
  HeapFlag.PageAllocations |
  HeapFlag.ValidateAll |
  HeapFlag.ValidateParameters

type Facts = Pick<Heap, 'flags' | 'word'> & {
  readonly isDefault: boolean
  /** Its memory is a section: MEM_MAPPED. */
  readonly isShared: boolean
  readonly isLarge: boolean
}

/** Words of a label, in the order they print. Cygwin's come first. */
const words: readonly (readonly [string, (facts: Facts) => unknown])[] = [
  ['default', ({ isDefault }) => isDefault],
  ['shared', ({ isShared }) => isShared],
  ['exec', ({ flags }) => flags & HeapFlag.EnableExecute],
  ['grow', ({ flags }) => flags & HeapFlag.Growable],
  ['noserial', ({ flags }) => flags & HeapFlag.NoSerialize],
  ['debug', ({ flags }) => flags & debugging],
  ['lfh', ({ word }) => word === 'lfh'],
  ['large', ({ isLarge }) => isLarge],
  ['segment', ({ word }) => word === 'segment'],
]

/** What is true of a piece of a heap, in the words of its label. */
export const wordsOf = (facts: Facts): string[] =>
  words.filter(([, isTrue]) => isTrue(facts)).map(([word]) => word)
