/** Rows of the debugger's `!address`. */
import { Image } from '../../fixtures/image.ts'

const form =
  /^(\+?) *([0-9a-f`]+) +([0-9a-f`]+) +([0-9a-f`]+) +(?:(MEM_PRIVATE|MEM_MAPPED|MEM_IMAGE) +)?(MEM_COMMIT|MEM_RESERVE|MEM_FREE) +((?:PAGE_\w+)(?: \| PAGE_\w+)*)? +(<unknown>|\w+) *(\[.*\])?\s*$/

export interface Row {
  /** Whether an allocation begins here, or a free run. */
  readonly isFirst: boolean
  readonly start: number
  readonly end: number
  readonly type: string
  readonly state: string
  readonly protect: string
  readonly usage: string
  readonly detail: string
}

const rowOf = (line: string): Row | undefined => {
  const found = form.exec(line)
  if (found === null) return undefined
  const [, plus, start, end, size, type = '', state, protect = ''] = found
  const [usage, detail = ''] = found.slice(8)
  const hex = (digits = ''): number =>
    Number.parseInt(digits.replace('`', ''), 16)
  if (state === undefined || usage === undefined) return undefined
  if (hex(start) + hex(size) !== hex(end)) throw new Error(`no row: ${line}`)
  return {
    isFirst: plus === '+',
    start: hex(start),
    end: hex(end),
    type,
    state,
    protect,
    usage,
    detail,
  }
}

/** The rows among some lines. */
export const rowsOf = (lines: readonly string[]): Row[] =>
  lines.map(rowOf).filter(row => row !== undefined)

/** Access bits in the letters of fixtures/regions. */
const letters: Readonly<Record<string, string>> = {
  PAGE_NOACCESS: '',
  PAGE_READONLY: 'r',
  PAGE_READWRITE: 'rw',
  PAGE_WRITECOPY: 'rc',
  PAGE_EXECUTE_READ: 'rx',
  PAGE_EXECUTE_READWRITE: 'rwx',
  'PAGE_READWRITE | PAGE_GUARD': 'rwg',
}

const types = {
  MEM_PRIVATE: 'private',
  MEM_MAPPED: 'mapped',
  MEM_IMAGE: 'image',
} as const

/** The path that an Image has in its detail. */
export const pathOf = ({ detail }: Row): string | undefined =>
  /"(.*)"/.exec(detail)?.[1]

/** The allocations of a listing, all their memory zeros. */
export const imageOf = (rows: readonly Row[], width: 4 | 8): Image => {
  const image = new Image(width)
  const allocations = new Map<number, Row[]>()
  let base = 0
  for (const row of rows) {
    if (row.isFirst) base = row.start
    if (row.state === 'MEM_FREE') continue
    allocations.set(base, [...(allocations.get(base) ?? []), row])
  }
  for (const [base, rows] of allocations) {
    const [first] = rows as [Row]
    const type = types[first.type as keyof typeof types]
    const name = pathOf(first)
    image.map(
      base,
      rows.map(({ start, end, state, protect }) => [
        end - start,
        state === 'MEM_RESERVE' ? 'reserve' : (letters[protect] as string),
      ]),
      name === undefined ? { type } : { type, name },
    )
  }
  return image
}
