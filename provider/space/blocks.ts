/**
 * What Windows itself puts into a process: its PEB, what that points to, and
 * its threads' TEBs and stacks. System Informer's list of labels.
 */
import type { Span } from '../contract.ts'
import { layoutOf, structure, type Numbers } from '../nt/memory.ts'
import { Peb, PebLeapSecond, PebTelemetry } from '../nt/peb.ts'
import { Teb } from '../nt/teb.ts'
import type { Allocations } from './allocations.ts'
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

type Layouts = (side: Side) => Numbers<string> | undefined

const inPeb: Layouts = ({ width }) => Peb[width]
const inTelemetry: Layouts = ({ width, build }) =>
  layoutOf<Numbers<string>>(PebTelemetry[width], build)
const inLeapSecond: Layouts = ({ width, build }) =>
  layoutOf<Numbers<string>>(PebLeapSecond[width], build)

/** Pointers whose allocations are named, strongest first. */
const rows: readonly (readonly [Layouts, field: string, kind: string])[] = [
  [inPeb, 'ProcessParameters', 'process parameters'],
  [inPeb, 'ApiSetMap', 'api set map'],
  [inPeb, 'ReadOnlySharedMemoryBase', 'csr shared memory'],
  [inPeb, 'SharedData', 'silo shared data'],
  [inPeb, 'AnsiCodePageData', 'code page data'],
  [inPeb, 'GdiSharedHandleTable', 'gdi handle table'],
  [inPeb, 'pShimData', 'shim data'],
  [inPeb, 'ActivationContextData', 'activation context'],
  [inPeb, 'SystemDefaultActivationContextData', 'system activation context'],
  [inPeb, 'WerRegistrationData', 'wer registration data'],
  [inTelemetry, 'TelemetryCoverageHeader', 'telemetry coverage'],
  [inLeapSecond, 'LeapSecondData', 'leap second data'],
]

/** A whole allocation. */
function* holding(
  allocations: Allocations,
  address: number,
  kind: string,
): Generator<Span, void, undefined> {
  const found = allocations.at(address)
  if (found !== undefined) yield { start: found.start, end: found.end, kind }
}

/** Pages of an allocation: no more than it has. */
function* pagesAt(
  allocations: Allocations,
  start: number,
  count: number,
  span: Pick<Span, 'kind' | 'id'>,
): Generator<Span, void, undefined> {
  const found = allocations.at(start)
  if (found === undefined || start % page !== 0) return
  yield { start, end: Math.min(found.end, start + count * page), ...span }
}

/** What each face's are called; a second face is a WoW64 process's 32-bit. */
const kinds = [
  { peb: 'peb', teb: 'teb', stack: 'stack', initial: 'initial stack' },
  { peb: 'peb32', teb: 'teb32', stack: 'stack32', initial: 'initial stack32' },
] as const

function* pointed(side: Side): Generator<Span, void, undefined> {
  for (const [layouts, field, kind] of rows) {
    const layout = layouts(side)
    const address = layout && structure(side.read, layout, side.peb)?.[field]
    if (address !== undefined && address !== 0)
      yield* holding(side.allocations, address, kind)
  }
}

/** Pages of a TEB; a 32-bit one has outgrown its first with 24H2. */
const tebPages = ({ width, build }: Side): number =>
  width === 8 || build >= 26100 ? 2 : 1

const tebAt = ({ read, width }: Side, teb: number) =>
  structure(read, Teb[width], teb)

/** The stack that a TEB says it has, if it is in one allocation. */
function* stackOf(
  side: Side,
  teb: number,
  kind: string,
  id: number,
): Generator<Span, void, undefined> {
  const facts = tebAt(side, teb)
  if (facts === undefined) return
  const { StackLimit, StackBase } = facts
  const found = side.allocations.at(StackLimit)
  if (found === undefined || StackBase <= StackLimit || StackBase > found.end)
    return
  yield { start: found.start, end: found.end, kind, id }
}

/** The 32-bit TEB of a WoW64 thread, whose 64-bit one points to it. */
const teb32Of = (side: Side, side32: Side, teb: number): number | undefined => {
  const teb32 = tebAt(side, teb)?.ExceptionList
  return teb32 !== undefined && tebAt(side32, teb32)?.Self === teb32
    ? teb32
    : undefined
}

/**
 * Spans of the kinds of `labels`, in no order. `threads` are those of the
 * process, as the system tells them; all else is the target's own word, and
 * what is torn or lies costs its label.
 *
 * Approximations: a stack is the allocation in use when the TEB was read, so a
 * fiber's counts, and the thread's own does not meanwhile. What a PEB points to
 * is named with all its allocation, which may hold more.
 */
export function* findBlocks(
  target: Target,
  threads: Iterable<Thread>,
): Generator<Span, void, undefined> {
  const { allocations } = target
  const sides = target.faces.map(face => sideOf(target, face))
  yield* holding(allocations, sharedUserData, 'shared user data')
  for (const [index, { peb: kind }] of kinds.entries()) {
    const side = sides[index]
    if (side === undefined) break
    yield* pagesAt(allocations, side.peb, 1, { kind })
    yield* pointed(side)
  }
  const [side, side32] = sides
  if (side === undefined) return
  const [own, other] = kinds
  for (const { tid: id, teb, isInitial = false } of threads) {
    const stack = isInitial ? 'initial' : 'stack'
    yield* pagesAt(allocations, teb, tebPages(side), { kind: own.teb, id })
    yield* stackOf(side, teb, own[stack], id)
    const teb32 = side32 && teb32Of(side, side32, teb)
    if (side32 === undefined || teb32 === undefined) continue
    const pages = tebPages(side32)
    yield* pagesAt(allocations, teb32, pages, { kind: other.teb, id })
    yield* stackOf(side32, teb32, other[stack], id)
  }
}
