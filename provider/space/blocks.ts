/**
 * What Windows itself puts into a process: its PEB, what that points to, and
 * its threads' TEBs and stacks. System Informer's list of labels, but for what
 * is no part of maps: free runs too small to be used, and how an image is
 * signed. A file's name is the provider's to tell.
 */
import type { Span } from '../contract.ts'
import { structure } from '../nt/memory.ts'
import { Teb } from '../nt/teb.ts'
import type { Allocations } from './allocations.ts'
import { contexts } from './contexts.ts'
import { teb32Of } from './faces.ts'
import { Named, dllPointers, pebPointers, tebPointers } from './pointers.ts'
import { sideOf, type Side, type Target } from './target.ts'

/** A thread, and the TEB of its process's own width. */
export interface Thread {
  readonly tid: number
  readonly teb: number
  /** The one that the process began with. */
  readonly isInitial?: boolean
}

const page = 4096

/** KUSER_SHARED_DATA: the same in every process of every Windows. */
const sharedUserData = 0x7ffe_0000

/** Pages of an allocation: no more than it has. */
function* pagesAt(
  allocations: Allocations,
  start: number,
  count: number,
  span: Pick<Span, 'kind' | 'id'>,
): Generator<Span, void, undefined> {
  const found = allocations.at(start)
  if (start === 0 || found === undefined || start % page !== 0) return
  yield { start, end: Math.min(found.end, start + count * page), ...span }
}

/** What each face's are called; a second face is a WoW64 process's 32-bit. */
const kinds = [
  { peb: 'peb', teb: 'teb', stack: 'stack', initial: 'initial stack' },
  { peb: 'peb32', teb: 'teb32', stack: 'stack32', initial: 'initial stack32' },
] as const

/** Pages of a TEB; a 32-bit one has outgrown its first with 24H2. */
const tebPages = ({ width, build }: Side): number =>
  width === 8 || build >= 26100 ? 2 : 1

/** The stack that a TEB says it has, if it is in one allocation. */
function* stackOf(
  side: Side,
  teb: number,
  kind: string,
  id: number,
): Generator<Span, void, undefined> {
  const facts = structure(side.read, Teb[side.width], teb)
  if (facts === undefined) return
  const { StackLimit, StackBase } = facts
  const found = side.allocations.at(StackLimit)
  if (found === undefined || StackBase <= StackLimit || StackBase > found.end)
    return
  yield { start: found.start, end: found.end, kind, id }
}

/**
 * Spans of the kinds of `labels`, in no order. `threads` are those of the
 * process, as the system tells them; all else is the target's own word, and
 * what is torn or lies costs its label.
 *
 * Approximations: a stack is the allocation in use when the TEB was read, so a
 * fiber's counts, and the thread's own does not meanwhile. What is pointed to
 * is named with all its allocation, which may hold more. Of a Windows before 7
 * nothing that its PEB points to is named. Bitmaps of Control Flow Guard are
 * named only where the target says where ntdll.dll tells of them, and what the
 * hypervisor shares only where it says so itself.
 */
export function* findBlocks(
  target: Target,
  threads: Iterable<Thread>,
): Generator<Span, void, undefined> {
  const { allocations, hypervisorSharedData = 0 } = target
  const named = new Named(allocations)
  const sides = target.faces.map(face => sideOf(target, face))
  yield* named.at(sharedUserData, 'shared user data')
  if (hypervisorSharedData !== 0)
    yield* named.at(hypervisorSharedData, 'hypervisor shared data')
  for (const [index, { peb: kind }] of kinds.entries()) {
    const side = sides[index]
    if (side === undefined) break
    yield* pagesAt(allocations, side.peb, 1, { kind })
    yield* pebPointers(side, named)
  }
  const [side, side32] = sides
  if (side === undefined) return
  const [own, other] = kinds
  for (const { tid: id, teb, isInitial = false } of threads) {
    const stack = isInitial ? 'initial' : 'stack'
    yield* pagesAt(allocations, teb, tebPages(side), { kind: own.teb, id })
    yield* stackOf(side, teb, own[stack], id)
    yield* tebPointers(side, teb, named)
    const teb32 = side32 && teb32Of(side.read, teb)
    if (side32 === undefined || teb32 === undefined) continue
    const pages = tebPages(side32)
    yield* pagesAt(allocations, teb32, pages, { kind: other.teb, id })
    yield* stackOf(side32, teb32, other[stack], id)
    yield* tebPointers(side32, teb32, named)
  }
  const { systemDllInitBlock } = target
  if (systemDllInitBlock !== undefined)
    yield* dllPointers(side, systemDllInitBlock, named)
  yield* contexts(side, named)
}
