import type { Span } from '../contract.ts'

/** Whose words and whose form: the kernel's, or Cygwin's. */
export type Dialect = 'linux' | 'cygwin'

/** A label's text; '' where the dialect has no word for it. */
type Text = (span: Span) => string

type Label = { readonly kind: string } & { readonly [dialect in Dialect]: Text }

const numbered =
  (text: (id: number, words: readonly string[]) => string): Text =>
  ({ id, words = [] }) =>
    id === undefined ? '' : text(id, words)

const none: Text = () => ''

const cygwinHeapWords = new Set([
  'default',
  'shared',
  'exec',
  'grow',
  'noserial',
  'debug',
])

const heapLabel = (id: number, words: readonly string[]): string =>
  `[win heap ${[id, ...words].join(' ')}]`

/**
 * All labels of spans, strongest first: where spans of two kinds cover a
 * region, the upper row names it, and a lower one never overwrites it. A name
 * that the source itself gave is stronger than any.
 */
export const labels: readonly Label[] = [
  {
    // a thread's stack, whole: what is reserved, its guard, what is in use
    kind: 'stack',
    linux: numbered(tid => `[stack:${tid}]`),
    cygwin: numbered(tid => `[stack (tid ${tid})]`),
  },
  {
    // a part of a Windows heap, as HeapCreate makes it (space/heaps)
    kind: 'win heap',
    linux: numbered(heapLabel),
    cygwin: numbered((heap, words) =>
      heapLabel(
        heap,
        words.filter(word => cygwinHeapWords.has(word)),
      ),
    ),
  },
  {
    // a heap_info of glibc's malloc, of the arena with this number
    kind: 'arena',
    linux: numbered(arena => `[heap arena ${arena}]`),
    cygwin: none,
  },
]

/**
 * Every label that Cygwin's maps can hold
 * (winsup/cygwin/fhandler/process.cc:format_process_maps).
 */
const cygwinWord =
  /^\[(?:heap|peb|cygheap|procinfo|shared-user-data|cygwin-(?:shared|user-shared|shared-console)|(?:stack|teb) \(tid \d+\)(?: shared)?|win heap \d+(?: (?:default|shared|exec|grow|noserial|debug))*)\]$/

/**
 * A region's own name in a dialect: paths are the same in both, and a label
 * that is not of Cygwin's vocabulary (`[vdso]`, `[anon:x]`) is none there.
 */
export const ownName = (name: string | undefined, dialect: Dialect): string => {
  if (name === undefined) return ''
  if (dialect === 'linux' || !name.startsWith('[')) return name
  return cygwinWord.test(name) ? name : ''
}
