/**
 * The heaps of a Windows process, from its memory alone: nothing runs in the
 * target, nothing is suspended, nothing written, no lock taken. What is found
 * there is the target's own, hostile or torn by its work: every list is
 * bounded and must agree with itself, and what does not costs a label.
 */
import type { Span } from '../../contract.ts'
import { SegmentSignature } from '../../nt/heap.ts'
import { pointersAt, structure } from '../../nt/memory.ts'
import { Peb } from '../../nt/peb.ts'
import { SegmentHeap, SegmentHeapSignature } from '../../nt/segmentheap.ts'
import { sideOf, type Side, type Target } from '../target.ts'
import { Found, heapBound } from './found.ts'
import { ownerAt, pieceAt } from './ntheap.ts'

/** Heaps that the PEB knows, and all that those know. */
const listed = (found: Found, side: Side): void => {
  const { read, width, peb } = side
  const facts = peb === 0 ? undefined : structure(read, Peb[width], peb)
  if (facts === undefined) return
  const { NumberOfHeaps, MaximumNumberOfHeaps, ProcessHeap } = facts
  const room = MaximumNumberOfHeaps || heapBound
  const count = Math.min(NumberOfHeaps, room, heapBound)
  const heaps = pointersAt(read, width, facts.ProcessHeaps, count)
  const first = found.next
  found.next += heaps.length

  // what is put behind while it runs is met, too
  const queue = [...heaps, ProcessHeap]
  for (const [at, heap] of queue.entries()) {
    const id = at < heaps.length ? first + at : found.next
    for (const other of found.take(side, heap, heap === ProcessHeap, id))
      queue.push(other)
  }
}

const signatures = new Set([SegmentSignature, SegmentHeapSignature])

/**
 * Heaps that nothing lists, by the signature in an allocation's first bytes:
 * private memory without a label. One read each: all kinds of signature lie in
 * the same place.
 */
const scanned = (found: Found, side: Side): void => {
  const { read, width, allocations } = side
  for (const { start, type, readable } of allocations.all) {
    if (type !== 'private' || !readable || found.has(start)) continue
    const signature = structure(read, SegmentHeap[width], start)?.Signature
    if (signature === undefined || !signatures.has(signature)) continue
    found.take(side, start)
    const owner = ownerAt(side, start)
    if (owner === undefined) continue
    found.take(side, owner)
    const piece = pieceAt(side, start, owner)
    if (piece !== undefined) found.add(side, owner, piece)
  }
}

/**
 * Spans of kind `win heap`, in no order: each an allocation, or a part of one
 * where a heap lives in memory that its maker had, with the heap's number and
 * words. No span crosses an AllocationBase.
 *
 * Numbers are places in PEB.ProcessHeaps, as GetProcessHeaps tells them;
 * heaps that are not there come after those, in the order they were met.
 */
export const findHeaps = (target: Target): Span[] => {
  const found = new Found()
  const sides = target.faces.map(face => sideOf(target, face))
  for (const side of sides) listed(found, side)
  for (const side of sides) scanned(found, side)
  return found.spans()
}
