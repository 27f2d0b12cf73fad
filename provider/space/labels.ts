import type { Span } from '../contract.ts'

/** Whose words and whose form: the kernel's, or Cygwin's. */
export type Dialect = 'linux' | 'cygwin'

/** A label's text; '' where the dialect has no word for it. */
type Text = (span: Span) => string

type Label = {
  readonly kind: string
  /** It shares a region with others, which is cut around it. */
  readonly isCut?: true
} & { readonly [dialect in Dialect]: Text }

const numbered =
  (text: (id: number, words: readonly string[]) => string): Text =>
  ({ id, words = [] }) =>
    id === undefined ? '' : text(id, words)

const none: Text = () => ''

const word =
  (text: string): Text =>
  () =>
    text

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

/** What Windows points to (space/pointers): no other words, none of Cygwin's. */
const known = [
  'process parameters',
  'api set map',
  'csr shared memory',
  'silo shared data',
  'code page data',
  'gdi handle table',
  'shim data',
  'activation context',
  'system activation context',
  'wer registration data',
  'telemetry coverage',
  'leap second data',
  'desktop heap',
  'cfg bitmap',
  'cfg bitmap32',
] as const

/**
 * All labels of spans, strongest first: where spans of two kinds cover a
 * region, the upper row names it, and a lower one never overwrites it. A name
 * that the source itself gave is stronger than any.
 *
 * Of Cygwin's words those are missing that tell of its own runtime ([cygheap],
 * [procinfo], [cygwin-shared] and its like), which is in none but its own
 * programs; and its ` shared` behind a stack or a TEB.
 */
export const labels: readonly Label[] = [
  {
    kind: 'shared user data',
    linux: word('[shared-user-data]'),
    cygwin: word('[shared-user-data]'),
  },
  {
    kind: 'hypervisor shared data',
    linux: word('[hypervisor-shared-data]'),
    cygwin: none,
  },
  { kind: 'peb', isCut: true, linux: word('[peb]'), cygwin: word('[peb]') },
  {
    // of a WoW64 process, the other one
    kind: 'peb32',
    isCut: true,
    linux: word('[peb32]'),
    cygwin: word('[peb]'),
  },
  {
    kind: 'teb',
    isCut: true,
    linux: numbered(tid => `[teb:${tid}]`),
    cygwin: numbered(tid => `[teb (tid ${tid})]`),
  },
  {
    kind: 'teb32',
    isCut: true,
    linux: numbered(tid => `[teb32:${tid}]`),
    cygwin: numbered(tid => `[teb (tid ${tid})]`),
  },
  {
    // a thread's stack, whole: what is reserved, its guard, what is in use
    kind: 'stack',
    linux: numbered(tid => `[stack:${tid}]`),
    cygwin: numbered(tid => `[stack (tid ${tid})]`),
  },
  {
    // the initial thread's, as Linux names it
    kind: 'initial stack',
    linux: word('[stack]'),
    cygwin: numbered(tid => `[stack (tid ${tid})]`),
  },
  {
    // of a thread of a WoW64 process, the one its 32-bit code runs on
    kind: 'stack32',
    linux: numbered(tid => `[stack32:${tid}]`),
    cygwin: numbered(tid => `[stack (tid ${tid})]`),
  },
  {
    kind: 'initial stack32',
    linux: word('[stack32]'),
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
  ...known.map(kind => ({
    kind,
    linux: word(`[${kind.replaceAll(' ', '-')}]`),
    cygwin: none,
  })),
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
