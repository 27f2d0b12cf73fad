import t from 'tap'
import faulty from './fixtures/fuzzers/faulty.ts'
import type { Fuzzer } from './fuzz/fuzzer.ts'
import { fuzz, textOf } from './fuzz/parent.ts'
import { fuzzers } from './fuzz/table.ts'
import { figure } from './gate/figures.ts'

t.setTimeout(800_000)
t.jobs = 2

t.test('a fuzzer tells which input did not do well', async t => {
  const { inputs, words, wrong } = await fuzz(faulty, { seed: 1, count: 100 })
  const expected: readonly (readonly [number, RegExp])[] = [
    [13, /a complaint/],
    [29, /in its row: ended by 7/],
    [37, /hangs/],
    [49, /\d{9} bytes are held/],
    [55, /took 1\.\d+ s of CPU/],
    [69, /in its row: ended by 13/],
    [89, /something is left/],
  ]
  t.same(
    wrong.map(({ number }) => number),
    expected.map(([number]) => number),
  )
  for (const [at, [, what]] of expected.entries())
    t.match(wrong[at]?.what, what)
  t.ok(inputs > 10 && inputs < 100, `${inputs} were done`)
  t.equal(words['done'], inputs)
})

t.test('a single input is done after those of its row', async t => {
  const { inputs, wrong } = await fuzz(faulty, { seed: 1, from: 13, count: 1 })
  t.equal(inputs, 3)
  t.match(wrong, [{ number: 13, what: /a complaint/ }])
})

t.test('what a number is does not depend on where a run begins', async t => {
  for (const [name, fuzzer] of Object.entries(fuzzers)) {
    const { row } = fuzzer
    const all = await fuzz(fuzzer, { seed: 9, count: 2 * row })
    const first = await fuzz(fuzzer, { seed: 9, count: row })
    const last = await fuzz(fuzzer, { seed: 9, from: row, count: row })
    const words = { ...first.words }
    for (const [word, count] of Object.entries(last.words))
      words[word] = (words[word] ?? 0) + count
    t.same(all.words, words, name)
    t.equal(all.inputs, 2 * row)
  }
})

/** Seconds of each fuzzer: where tests run unattended they are given more. */
const seconds = process.env['CI'] === undefined ? 3 : 60

/** The same everywhere, so that what fails there can be done again here. */
const seed = 4

const run = (name: string, fuzzer: Fuzzer) =>
  t.test(`${name}: whatever comes is borne`, { buffered: true }, async t => {
    const count = Number.MAX_SAFE_INTEGER
    const report = await fuzz(fuzzer, { seed, count, seconds })
    t.comment(figure(`${name}, seed ${seed}, ${seconds} s: ${textOf(report)}`))
    t.same(report.wrong, [])
    t.ok(report.inputs > 0, 'some are done')
    t.ok(Object.keys(report.words).length > 1, 'and not all alike')
  })

for (const [name, fuzzer] of Object.entries(fuzzers)) void run(name, fuzzer)
