import type { Range } from './oracle.ts'

/** A line of maps. */
export interface Line extends Range {
  readonly perms: string
  readonly offset: number
  readonly device: string
  readonly inode: bigint
  /** A path, a label; '' for neither. */
  readonly name: string
}

const form =
  /^([\da-f]{8,})-([\da-f]{8,}) ([r-][w-][x-][ps]) ([\da-f]{8,}) ([\da-f]{2,}:[\da-f]{2,}) (\d+) *(.*)$/

/** The lines of a maps, or what is wrong with one is thrown. */
export const linesOf = (text: string): readonly Line[] =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map(line => {
      const found = form.exec(line)
      if (found === null) throw new Error(`no line of maps: ${line}`)
      const [start = '', end = '', perms = '', offset = ''] = found.slice(1)
      const [device = '', inode = '', name = ''] = found.slice(5)
      return {
        start: Number.parseInt(start, 16),
        end: Number.parseInt(end, 16),
        perms,
        offset: Number.parseInt(offset, 16),
        device,
        inode: BigInt(inode),
        name,
      }
    })

/** Those of ascending ranges that a range has a part in. */
export const within = <R extends Range>(
  ranges: readonly R[],
  { start, end }: Range,
): readonly R[] =>
  ranges.filter(range => range.start < end && range.end > start)

/** Ranges that touch as one: what of an address space is in use. */
export const joined = (ranges: readonly Range[]): readonly Range[] => {
  const all: Range[] = []
  for (const { start, end } of ranges) {
    const last = all.at(-1)
    if (last?.end === start) all.splice(-1, 1, { start: last.start, end })
    else all.push({ start, end })
  }
  return all
}

/** A path as maps has it by default: `C:/windows/x`. */
export const mixed = (path: string): string => path.replaceAll('\\', '/')
