/** Our regions beside the rows of a debugger. */
import type { Region } from '../../../provider/contract.ts'
import { heapOf, threadOf } from './debugged.ts'
import { pathOf, type Row } from './windbg.ts'

/** Rows in one region of ours, with its label. */
export interface Beside {
  readonly ours: Region
  readonly rows: readonly Row[]
}

/** Throws where a row is in two of ours, or in none. */
export const beside = (
  rows: readonly Row[],
  ours: readonly Region[],
): Beside[] => {
  const held = rows.filter(({ state }) => state !== 'MEM_FREE')
  const all = ours.map(region => ({
    ours: region,
    rows: held.filter(
      ({ start, end }) => region.start <= start && end <= region.end,
    ),
  }))
  const count = all.reduce((sum, { rows }) => sum + rows.length, 0)
  if (count !== held.length)
    throw new Error(`${held.length} rows, ${count} in a region`)
  return all.filter(({ rows }) => rows.length > 0)
}

/** Blocks by the debugger's names, and ours. */
const blocks: Readonly<Record<string, string>> = {
  '[User Shared Data]': '[shared-user-data]',
  '[API Set Map]': '[api-set-map]',
  '[System Default Activation Context Data]': '[system-activation-context]',
  '[GDI Shared Handle Table]': '[gdi-handle-table]',
  '[Read Only Shared Memory]': '[csr-shared-memory]',
  '[NLS Tables]': '[code-page-data]',
}

/** Of our words, those that a row tells. */
const heapLabel = (row: Row, rows: readonly Row[]): string => {
  const heap = heapOf(row)
  const hasFront = rows.some(
    row =>
      heapOf(row)?.handle === heap?.handle && heapOf(row)?.kind === 'Front End',
  )
  const words = [
    heap?.id === 0 ? ' default' : '',
    row.type === 'MEM_MAPPED' ? ' shared' : ' grow',
    hasFront ? ' lfh' : '',
  ]
  return `[win heap ${heap?.id}${words.join('')}]`
}

/** The debugger's usage of a row, in our words. */
export const labelOf = (row: Row, rows: readonly Row[]): string => {
  const thread = threadOf(row)
  const stack = thread?.place === 0 ? '[stack]' : `[stack:${thread?.tid}]`
  const usages: Readonly<Record<string, string | undefined>> = {
    Image: pathOf(row),
    PEB: '[peb]',
    TEB: `[teb:${thread?.tid}]`,
    Stack: stack,
    Heap: heapLabel(row, rows),
    Other: blocks[row.detail],
    '<unknown>': '',
  }
  return usages[row.usage] ?? `no word for ${row.usage} ${row.detail}`
}

/** How many of each there are. */
export const counted = (keys: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const key of keys.toSorted()) counts[key] = (counts[key] ?? 0) + 1
  return counts
}

const told = ({ usage, state, protect }: Row): string =>
  `${usage} ${protect || state}`

/** Rows that are one region of ours, as many as there are of each kind. */
export const joins = (all: readonly Beside[]): Record<string, number> =>
  counted(
    all
      .filter(({ rows }) => rows.length > 1)
      .map(({ rows }) => rows.map(told).join(' + ')),
  )

/** Rows that have another label than ours, likewise. */
export const relabels = (
  all: readonly Beside[],
  rows: readonly Row[],
): Record<string, number> =>
  counted(
    all.flatMap(({ ours, rows: own }) =>
      own
        .filter(row => labelOf(row, rows) !== (ours.name ?? ''))
        .map(row => `${told(row)} ${labelOf(row, rows)} is ${ours.name ?? ''}`),
    ),
  )
