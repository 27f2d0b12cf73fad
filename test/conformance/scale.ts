import t from 'tap'
import type { Span } from '../../provider/contract.ts'
import { shell } from '../fixtures/cygwin.ts'
import { withFree } from '../fixtures/regions.ts'
import { repeated, type Walk } from '../rig/repeated.ts'
import { bytesOf, scale } from '../rig/scale.ts'

const labelOf = (name = ''): string => (name.startsWith('[') ? name : '')

/** A shell whose labels are found: spans, and not its regions' names. */
const walk: Walk = {
  regions: withFree(shell).map(({ name, ...region }) =>
    name === undefined || labelOf(name) !== '' ? region : { ...region, name },
  ),
  spans: shell
    .filter(({ name }) => labelOf(name) !== '')
    .map(({ start, end, name }): Span => {
      const kind = /^\[(peb|teb)\b/.exec(labelOf(name))?.[1] ?? 'win heap'
      return { kind, start, end, id: 1 }
    }),
}

t.test('a process repeated is as many processes', t => {
  const one = repeated([walk], walk.regions.length)
  t.same(one.spans.length, walk.spans.length)
  const three = repeated([walk], 3 * walk.regions.length)
  t.equal(three.spans.length, 3 * walk.spans.length)
  t.ok(bytesOf(three) >= 3 * bytesOf(one))
  t.end()
})

t.test('what a region costs does not grow with their number', t => {
  const [few, many] = scale([walk], [1000, 50_000], 4, 'processor')
  // the best round: others may have had the processor
  const ratio =
    Math.min(...(many?.times ?? [])) / Math.min(...(few?.times ?? []))
  t.ok(ratio > 0)
  t.ok(ratio < 3, `${ratio.toFixed(2)} times as much in 50 times as many`)
  t.end()
})
