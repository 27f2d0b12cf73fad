/**
 * What the programs of test/fixtures/c/windows say: of themselves (made.c), and
 * of another process (walker.c). Ends are exclusive.
 */

export interface Range {
  readonly start: number
  readonly end: number
}

/** A range that made.c made. */
export interface Made extends Range {
  readonly what: string
  /** As in maps; `-` where they differ within. */
  readonly perms: string
  readonly type: 'private' | 'mapped' | 'image'
  readonly offset: number
  /** A path, `peb`, `teb TID`, `stack TID`; `-` for nothing. */
  readonly label: string
}

export interface MadeHeap {
  readonly base: number
  /** Of what is committed. */
  readonly perms: string
  /** What HeapCreate was given. */
  readonly flags: number
  readonly words: readonly string[]
}

export interface MadeBlock extends Range {
  readonly heap: number
  readonly isLarge: boolean
}

/** What HeapWalk told. */
export interface WalkedHeap extends Range {
  readonly heap: number
  readonly kind: 'region' | 'busy'
}

export interface MadeThread {
  readonly tid: number
  readonly teb: number
  /** Of its stack: what is reserved from, what is in use from, its end. */
  readonly reserve: number
  readonly limit: number
  readonly base: number
  /** `-` for none. */
  readonly name: string
}

export interface Oracle {
  readonly made: readonly Made[]
  readonly heaps: readonly MadeHeap[]
  readonly blocks: readonly MadeBlock[]
  readonly walked: readonly WalkedHeap[]
  readonly threads: readonly MadeThread[]
  /** Of GetProcessHeaps. */
  readonly processHeaps: readonly number[]
  /** `command`, `directory`, `image`, `variable`. */
  text(name: string): string
}

const hex = (text = ''): number => Number.parseInt(text, 16)

/** A line's first words, and the rest of it. */
const cut = (line: string, count: number): readonly string[] => {
  const words = line.split(' ')
  return [...words.slice(0, count), words.slice(count).join(' ')]
}

export const oracleOf = (lines: readonly string[]): Oracle => {
  const rows = <T>(head: string, row: (line: string) => T): T[] =>
    lines
      .filter(line => line.startsWith(`${head} `))
      .map(line => row(line.slice(head.length + 1)))
  return {
    made: rows('made', line => {
      const [what = '', start, end, perms = '', type, offset, label = ''] = cut(
        line,
        6,
      )
      return {
        what,
        start: hex(start),
        end: hex(end),
        perms,
        type: type as Made['type'],
        offset: hex(offset),
        label,
      }
    }),
    heaps: rows('heap', line => {
      const [base, perms = '', flags, ...words] = line.split(' ')
      return { base: hex(base), perms, flags: hex(flags), words }
    }),
    blocks: rows('block', line => {
      const [heap, start, end, size] = line.split(' ')
      return {
        heap: hex(heap),
        start: hex(start),
        end: hex(end),
        isLarge: size === 'large',
      }
    }),
    walked: rows('walked', line => {
      const [heap, kind, start, end] = line.split(' ')
      return {
        heap: hex(heap),
        kind: kind as WalkedHeap['kind'],
        start: hex(start),
        end: hex(end),
      }
    }),
    threads: rows('thread', line => {
      const [tid, teb, reserve, limit, base, name = ''] = cut(line, 5)
      return {
        tid: Number(tid),
        teb: hex(teb),
        reserve: hex(reserve),
        limit: hex(limit),
        base: hex(base),
        name,
      }
    }),
    processHeaps: rows('heaps', line => line.split(' ').map(hex)).flat(),
    text: name => rows(name, line => line)[0] ?? '',
  }
}

/** A region as the C walker told it, in the constants of winnt.h. */
export interface Walked extends Range {
  /** 0 for a free one. */
  readonly allocationBase: number
  readonly state: number
  readonly protect: number
  readonly type: number
  /** The kernel's name of what is mapped; '' for none. */
  readonly name: string
}

export const walkOf = (stdout: string): readonly Walked[] =>
  stdout
    .trim()
    .split('\n')
    .map(line => {
      const [start, end, base, state, protect, type, name = ''] = cut(line, 6)
      return {
        start: hex(start),
        end: hex(end),
        allocationBase: hex(base),
        state: hex(state),
        protect: hex(protect),
        type: hex(type),
        name,
      }
    })
