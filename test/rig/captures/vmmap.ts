/** Rows of VMMap's export: an allocation, and its blocks set off by blanks. */
export interface Block {
  readonly isAllocation: boolean
  readonly start: number
  readonly end: number
  readonly type: string
  readonly protection: string
  readonly details: string
}

const fieldsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"/g)].map(([, field = '']) => field)

/** Lines, the first of which has the columns' names. */
export const blocksOf = (lines: readonly string[]): Block[] => {
  const [columns = [], ...rows] = lines.map(fieldsOf)
  return rows.map(row => {
    const of = (column: string): string => row[columns.indexOf(column)] ?? ''
    const address = of('Address')
    const start = Number.parseInt(address, 16)
    return {
      isAllocation: !address.startsWith(' '),
      start,
      end: start + Number(of('Size').replaceAll(',', '')) * 1024,
      type: of('Type'),
      protection: of('Protection'),
      details: of('Details'),
    }
  })
}
