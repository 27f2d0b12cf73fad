import { Parser, type FinalResults, type Result } from 'tap-parser'

/** A test that failed or was skipped: its names from the file inwards. */
export interface Point {
  readonly name: string
  readonly detail: string
}

export interface Tally {
  readonly passed: number
  readonly failed: readonly Point[]
  readonly skipped: readonly Point[]
}

type Diagnostic = Readonly<Record<string, unknown>>

/** What stands under a failed assertion, less what repeats the test's text. */
const describe = (diagnostic: Diagnostic | null): string[] =>
  Object.entries(diagnostic ?? {})
    .filter(([key]) => key !== 'source')
    .flatMap(([key, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      return text.includes('\n')
        ? [`${key}:`, ...text.trimEnd().split('\n')]
        : [`${key}: ${text}`]
    })

const reasonOf = (flag: string | boolean): string =>
  flag === true || flag === '' ? 'no reason given' : String(flag)

type Wrong = FinalResults['failures'][number]

const isClosing = (wrong: Wrong): boolean =>
  'closingTestPoint' in wrong && wrong.closingTestPoint === true

const detailOf = (wrong: Wrong): string[] =>
  'diag' in wrong
    ? [String(wrong['name']), ...describe(wrong['diag'] as Diagnostic | null)]
    : [String(wrong.tapError)]

/**
 * Counts the tests of one suite's output (TAP 14, https://testanything.org).
 *
 * A test is whatever asserts by itself: a `t.test` with assertions of its own,
 * or the file. One that only holds other tests is not counted. A test in which
 * nothing was asserted proves nothing and counts as failed.
 */
export const tally = (name: string, output: string): Tally => {
  let passed = 0
  const failed: Point[] = []
  const skipped: Point[] = []

  const watch = (parser: Parser, path: string): void => {
    let points = 0
    let tests = 0
    let failuresBefore = 0

    parser.on('child', (child: Parser) => {
      tests++
      failuresBefore = failed.length
      watch(child, `${path} > ${child.name}`)
    })
    parser.on('assert', (result: Result) => {
      const here = `${path} > ${result.name}`
      if (result.todo !== false) {
        skipped.push({ name: here, detail: `to do: ${reasonOf(result.todo)}` })
      } else if (result.closingTestPoint) {
        if (!result.ok && failed.length === failuresBefore)
          failed.push({ name: here, detail: describe(result.diag).join('\n') })
      } else if (result.skip === false) points++
      else skipped.push({ name: here, detail: reasonOf(result.skip) })
    })
    parser.on('complete', ({ failures, plan, skip, todo }: FinalResults) => {
      const own = failures.filter(failure => !isClosing(failure))
      const detail = own.flatMap(detailOf).join('\n')
      const reason = plan.skipReason.replace(/^SKIP\b */i, '')
      if (own.length > 0) failed.push({ name: path, detail })
      else if (points > 0) passed++
      else if (tests + skip + todo > 0) return
      else if (plan.skipAll && reason !== '' && reason !== 'no tests found')
        skipped.push({ name: path, detail: reason })
      else failed.push({ name: path, detail: 'nothing was asserted' })
    })
  }

  const parser = new Parser()
  watch(parser, name)
  parser.end(output)
  return { passed, failed, skipped }
}

/** What a run as a whole comes to. */
export const sum = (tallies: readonly Tally[]): Tally => ({
  passed: tallies.reduce((total, { passed }) => total + passed, 0),
  failed: tallies.flatMap(({ failed }) => failed),
  skipped: tallies.flatMap(({ skipped }) => skipped),
})

/** `N passed, N failed`, and what was skipped, if anything was. */
export const closing = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed.length} failed` +
  (skipped.length > 0 ? `, ${skipped.length} skipped` : '')

/** What no machine of one kind can have: other systems. */
const elsewhere = /\b(?:Windows|WinFsp|macOS)\b/

/**
 * The skipped tests that a machine set up for all of them must not skip: all
 * but those which need another system.
 */
export const unexcused = ({ skipped }: Tally): readonly Point[] =>
  skipped.filter(({ detail }) => !elsewhere.test(detail))
