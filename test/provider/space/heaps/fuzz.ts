import t from 'tap'
import { fuzzHere } from '../../../fuzz/here.ts'
import heaps from '../../../fuzz/heaps.ts'

t.test('mutated memory, in every layout: no error, no hang', async t => {
  const words = await fuzzHere(heaps, 1, 1200)
  t.ok(Number(words['with spans']) > 100, 'some of it is found')
  t.ok(Number(words['reads']) > 10_000, 'and read')
})
