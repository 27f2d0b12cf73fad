/**
 * The memory that a debugger's listing tells of: what it says of heaps,
 * threads and blocks, put where Windows keeps it (offsets of phnt's
 * ntpebteb.h, written out once more).
 */
import type { ProcessFacts } from '../../fixtures/facts.ts'
import type { Image } from '../../fixtures/image.ts'
import { putHeap, putPeb, type Era } from '../../fixtures/winheaps.ts'
import { factsOf } from './found.ts'
import { imageOf, type Row } from './windbg.ts'

/** Blocks by the debugger's names, and where a 64-bit, a 32-bit PEB points. */
const pointers: readonly (readonly [string, number, number])[] = [
  ['[API Set Map]', 0x68, 0x38],
  ['[Read Only Shared Memory]', 0x88, 0x4c],
  ['[NLS Tables]', 0xa0, 0x58],
  ['[GDI Shared Handle Table]', 0xf8, 0x94],
  ['[System Default Activation Context Data]', 0x308, 0x200],
]

export interface HeapRow {
  readonly id: number
  readonly handle: number
  readonly kind: string
}

/** What a row of usage Heap says. */
export const heapOf = ({ detail }: Row): HeapRow | undefined => {
  const [, id, handle = '', kind = ''] =
    /^\[ID: (\d+); Handle: ([0-9a-f]+); Type: ([\w ]+)\]$/.exec(detail) ?? []
  return id === undefined
    ? undefined
    : { id: Number(id), handle: Number.parseInt(handle, 16), kind }
}

/** Which thread a TEB or a stack is of, `[~0; 2468.2470]`. */
export const threadOf = ({
  detail,
}: Row): { place: number; tid: number } | undefined => {
  const [, place, tid = ''] =
    /^\[~(\d+); [0-9a-f]+\.([0-9a-f]+)\]$/.exec(detail) ?? []
  return place === undefined
    ? undefined
    : { place: Number(place), tid: Number.parseInt(tid, 16) }
}

/** Where it is; or a page for it, where the listing leaves it out. */
const place = (image: Image, at: number | undefined, spare: number): number => {
  const isThere = image.regions.some(
    ({ start, end }) => at !== undefined && start <= at && at < end,
  )
  return at !== undefined && isThere ? at : image.map(at ?? spare, undefined)
}

const putHeaps = (image: Image, rows: readonly Row[], era: Era): number[] => {
  const handles: number[] = []
  for (const heap of rows.map(heapOf))
    if (heap !== undefined) handles[heap.id] = heap.handle
  for (const handle of handles) {
    const own = rows.filter(row => heapOf(row)?.handle === handle)
    const segments = own.filter(row => heapOf(row)?.kind === 'Segment')
    const front = own.find(row => heapOf(row)?.kind === 'Front End')
    const bytes = segments.reduce((sum, { start, end }) => sum + end - start, 0)
    place(image, handle, handle)
    putHeap(image, era, handle, {
      flags: segments[0]?.type === 'MEM_MAPPED' ? 0x8000 : 2,
      pages: bytes / 0x1000,
      ...(front && { front: front.start }),
    })
  }
  return handles
}

const putThreads = (image: Image, rows: readonly Row[]) => {
  const stacks = new Map<number, Row[]>()
  for (const row of rows) {
    const thread = row.usage === 'Stack' ? threadOf(row) : undefined
    if (thread !== undefined)
      stacks.set(thread.tid, [...(stacks.get(thread.tid) ?? []), row])
  }
  return [...stacks].map(([tid, stack]) => {
    const own = rows.find(
      row => row.usage === 'TEB' && threadOf(row)?.tid === tid,
    )
    const used = stack.at(-1) as Row
    const teb = place(image, own?.start, 0x7ef00000 + tid * 0x1000)
    image.pointer(teb + image.width, used.end)
    image.pointer(teb + 2 * image.width, used.start)
    return { tid, teb, isInitial: threadOf(used)?.place === 0 }
  })
}

/**
 * A process of these rows, of this Windows. A PEB, TEBs and headers of heaps
 * that the rows leave out have a page of their own behind them.
 */
export const debugged = (
  rows: readonly Row[],
  era: Era,
): Partial<ProcessFacts> => {
  const image = imageOf(rows, era.width)
  const found = rows.find(({ usage }) => usage === 'PEB')?.start
  const peb = place(image, found, 0x7efd0000)
  putPeb(image, peb, putHeaps(image, rows, era), { build: era.build })
  for (const [name, x64, x86] of pointers) {
    const row = rows.find(({ detail }) => detail === name)
    if (row !== undefined)
      image.pointer(peb + (era.width === 8 ? x64 : x86), row.start)
  }
  const threads = putThreads(image, rows)
  return factsOf(image, { peb, build: era.build, threads })
}
