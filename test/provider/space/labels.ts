import t from 'tap'
import { labels, ownName } from '../../../provider/space/labels.ts'

t.test('labels by strength, in the words of both dialects', t => {
  const span = { start: 0, end: 1, kind: '', id: 42 }
  t.same(
    labels.map(row => [row.kind, row.linux(span), row.cygwin(span)]),
    [
      ['shared user data', '[shared-user-data]', '[shared-user-data]'],
      ['hypervisor shared data', '[hypervisor-shared-data]', ''],
      ['peb', '[peb]', '[peb]'],
      ['peb32', '[peb32]', '[peb]'],
      ['teb', '[teb:42]', '[teb (tid 42)]'],
      ['teb32', '[teb32:42]', '[teb (tid 42)]'],
      ['stack', '[stack:42]', '[stack (tid 42)]'],
      ['initial stack', '[stack]', '[stack (tid 42)]'],
      ['stack32', '[stack32:42]', '[stack (tid 42)]'],
      ['initial stack32', '[stack32]', '[stack (tid 42)]'],
      ['win heap', '[win heap 42]', '[win heap 42]'],
      ['arena', '[heap arena 42]', ''],
      ['process parameters', '[process-parameters]', ''],
      ['api set map', '[api-set-map]', ''],
      ['csr shared memory', '[csr-shared-memory]', ''],
      ['silo shared data', '[silo-shared-data]', ''],
      ['code page data', '[code-page-data]', ''],
      ['gdi handle table', '[gdi-handle-table]', ''],
      ['shim data', '[shim-data]', ''],
      ['activation context', '[activation-context]', ''],
      ['system activation context', '[system-activation-context]', ''],
      ['wer registration data', '[wer-registration-data]', ''],
      ['telemetry coverage', '[telemetry-coverage]', ''],
      ['leap second data', '[leap-second-data]', ''],
      ['desktop heap', '[desktop-heap]', ''],
      ['cfg bitmap', '[cfg-bitmap]', ''],
      ['cfg bitmap32', '[cfg-bitmap32]', ''],
    ],
  )
  t.end()
})

t.test('a label that counts says nothing of a span without a number', t => {
  const counting = labels.filter(({ kind, linux }) =>
    linux({ start: 0, end: 1, kind, id: 42 }).includes('42'),
  )
  t.equal(counting.length, 6)
  for (const { kind, linux, cygwin } of counting) {
    t.equal(linux({ start: 0, end: 1, kind }), '')
    t.equal(cygwin({ start: 0, end: 1, kind }), '')
  }
  t.end()
})

t.test('PEBs and TEBs share a region that is cut around them', t => {
  t.same(
    labels.filter(({ isCut }) => isCut).map(({ kind }) => kind),
    ['peb', 'peb32', 'teb', 'teb32'],
  )
  t.end()
})

t.test('a heap’s words print in their order, Cygwin’s in its dialect', t => {
  const span = { start: 0, end: 1, kind: 'win heap', id: 0 }
  const row = labels.find(({ kind }) => kind === 'win heap')
  const all = ['default', 'shared', 'exec', 'grow', 'noserial', 'debug']
  const table: readonly (readonly [string[], string, string])[] = [
    [[], '[win heap 0]', '[win heap 0]'],
    [['large'], '[win heap 0 large]', '[win heap 0]'],
    [
      ['default', 'grow', 'lfh'],
      '[win heap 0 default grow lfh]',
      '[win heap 0 default grow]',
    ],
    [
      [...all, 'lfh', 'large', 'segment'],
      '[win heap 0 default shared exec grow noserial debug lfh large segment]',
      '[win heap 0 default shared exec grow noserial debug]',
    ],
  ]
  for (const [words, linux, cygwin] of table) {
    t.equal(row?.linux({ ...span, words }), linux)
    t.equal(row?.cygwin({ ...span, words }), cygwin)
    t.equal(ownName(row?.cygwin({ ...span, words }), 'cygwin'), cygwin)
  }
  t.end()
})

t.test('a path is the same in both dialects', t => {
  for (const name of ['/usr/bin/cat', 'C:\\x.dll', '\\\\s\\x', 'pipe:[7]']) {
    t.equal(ownName(name, 'linux'), name)
    t.equal(ownName(name, 'cygwin'), name)
  }
  t.equal(ownName(undefined, 'linux'), '')
  t.equal(ownName(undefined, 'cygwin'), '')
  t.equal(ownName('', 'linux'), '')
  t.end()
})

t.test('all words that Cygwin has are told in its dialect', t => {
  const words = [
    '[heap]',
    '[peb]',
    '[cygheap]',
    '[procinfo]',
    '[shared-user-data]',
    '[cygwin-shared]',
    '[cygwin-user-shared]',
    '[cygwin-shared-console]',
    '[stack (tid 8884)]',
    '[stack (tid 8884) shared]',
    '[teb (tid 8844)]',
    '[teb (tid 8844) shared]',
    '[win heap 0 default grow]',
    '[win heap 12]',
    '[win heap 1 default shared exec grow noserial debug]',
  ]
  for (const word of words) t.equal(ownName(word, 'cygwin'), word)
  t.end()
})

t.test('a word that Cygwin does not have is none in its dialect', t => {
  const words = [
    '[stack]',
    '[stack:7]',
    '[vdso]',
    '[vvar]',
    '[vsyscall]',
    '[anon:heap]',
    '[heap arena 1]',
    '[win heap 0 default grow lfh]',
    '[win heap x]',
    '[peb] ',
    '[peb',
    '[heap]\n',
  ]
  for (const word of words) {
    t.equal(ownName(word, 'cygwin'), '', word)
    t.equal(ownName(word, 'linux'), word)
  }
  t.end()
})
