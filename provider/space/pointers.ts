/** Pointers that Windows keeps in known places, to allocations it made. */
import type { Region, Span } from '../contract.ts'
import { CfgBitmaps, DllInitBlock } from '../nt/dllinit.ts'
import { layoutOf, structure, type Numbers } from '../nt/memory.ts'
import { Peb, PebLeapSecond, PebTelemetry, PebWer } from '../nt/peb.ts'
import { TebClientInfo } from '../nt/teb.ts'
import type { Allocations } from './allocations.ts'
import type { Side } from './target.ts'

/** Allocations that have a name: the first that one was given. */
export class Named {
  readonly #allocations: Allocations
  readonly #starts = new Set<number>()

  constructor(allocations: Allocations) {
    this.#allocations = allocations
  }

  has(start: number): boolean {
    return this.#starts.has(start)
  }

  /** The allocation that holds an address, if it is of this type. */
  *at(
    address: number,
    kind: string,
    type?: Region['type'],
  ): Generator<Span, void, undefined> {
    const found = this.#allocations.at(address)
    if (found === undefined || this.has(found.start)) return
    if (type !== undefined && found.type !== type) return
    this.#starts.add(found.start)
    yield { start: found.start, end: found.end, kind }
  }
}

interface Row {
  readonly field: string
  readonly kind: string
  /** What nothing else of this kind can be. */
  readonly type?: Region['type']
}

/** Fields of one structure, and that structure where a build has it. */
interface Table {
  readonly layout: (side: Side) => Numbers<string> | undefined
  readonly rows: readonly Row[]
}

/** Before Windows 7 the fields of a PEB are others. */
const seven = 7600

/** In a PEB, strongest first. */
const inPeb: readonly Table[] = [
  {
    layout: ({ width, build }) => (build < seven ? undefined : Peb[width]),
    rows: [
      { field: 'ProcessParameters', kind: 'process parameters' },
      { field: 'ApiSetMap', kind: 'api set map' },
      { field: 'ReadOnlySharedMemoryBase', kind: 'csr shared memory' },
      { field: 'SharedData', kind: 'silo shared data' },
      { field: 'AnsiCodePageData', kind: 'code page data' },
      { field: 'GdiSharedHandleTable', kind: 'gdi handle table' },
      { field: 'pShimData', kind: 'shim data' },
      { field: 'ActivationContextData', kind: 'activation context' },
      {
        field: 'SystemDefaultActivationContextData',
        kind: 'system activation context',
      },
    ],
  },
  {
    layout: ({ width, build }) => (build < seven ? undefined : PebWer[width]),
    rows: [{ field: 'WerRegistrationData', kind: 'wer registration data' }],
  },
  {
    layout: ({ width, build }) => layoutOf(PebTelemetry[width], build),
    rows: [{ field: 'TelemetryCoverageHeader', kind: 'telemetry coverage' }],
  },
  {
    layout: ({ width, build }) => layoutOf(PebLeapSecond[width], build),
    rows: [{ field: 'LeapSecondData', kind: 'leap second data' }],
  },
]

const inTeb: readonly Table[] = [
  {
    layout: ({ width }) => TebClientInfo[width],
    rows: [{ field: 'DeskInfo', kind: 'desktop heap', type: 'mapped' }],
  },
]

const inDllInitBlock: readonly Row[] = [
  { field: 'CfgBitMap', kind: 'cfg bitmap' },
  { field: 'Wow64CfgBitMap', kind: 'cfg bitmap32' },
]

function* followed(
  side: Side,
  at: number,
  tables: readonly Table[],
  named: Named,
): Generator<Span, void, undefined> {
  if (at === 0) return
  for (const { layout: layoutIn, rows } of tables) {
    const layout = layoutIn(side)
    const facts = layout && structure(side.read, layout, at)
    for (const { field, kind, type } of rows) {
      const address = facts?.[field]
      if (address !== undefined && address !== 0)
        yield* named.at(address, kind, type)
    }
  }
}

/** What a side's PEB points to. */
export const pebPointers = (side: Side, named: Named): Iterable<Span> =>
  followed(side, side.peb, inPeb, named)

export const tebPointers = (
  side: Side,
  teb: number,
  named: Named,
): Iterable<Span> => followed(side, teb, inTeb, named)

/** Of ntdll.dll's LdrSystemDllInitBlock; of no known version, none. */
export const dllPointers = (
  side: Side,
  block: number,
  named: Named,
): Iterable<Span> => {
  const size = structure(side.read, DllInitBlock, block)?.Size ?? 0
  const layout = () => layoutOf<Numbers<string>>(CfgBitmaps, size)
  return followed(side, block, [{ layout, rows: inDllInitBlock }], named)
}
