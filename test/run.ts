/**
 * `npm test`: runs all suites, demands that the pure sources are covered, and
 * ends with one line, `N passed, N failed[, N skipped]`.
 *
 *     npm test                          all, with the demand for coverage
 *     npm test -- provider/space        those of a folder
 *     npm test -- test/fs/lookup.ts     one
 *
 * Suites of real mounts come after the others, one at a time, and the fuzzers
 * last. Comments that begin with `figure: ` are told with their suite.
 *
 * Exit code 1 if a test failed, none ran, a demanded source is not fully
 * covered, or (where CI is set) a test was skipped that needs no other system.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { demandedOf, isMeasured } from './gate/coverage.ts'
import { figuresOf } from './gate/figures.ts'
import { runSuite, signalAll, type Ended } from './gate/suite.ts'
import { chosen, isFuzzing, isLive, limitOf, suitesOf } from './gate/suites.ts'
import { closing, sum, tally, unexcused, type Tally } from './gate/tally.ts'

const root = resolve(import.meta.dirname, '../..')
const raw = '.tap/coverage'
const compiledOf = (source: string): string =>
  `dist/${source.replace(/\.ts$/, '.js')}`

const sourcesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter(name => name.endsWith('.ts'))

const judge = (suite: string, ended: Ended): Tally => {
  const counted = tally(suite, ended.output)
  // a failed test makes the exit code 1: that is told once
  return ended.trouble === '' || counted.failed.length > 0
    ? counted
    : { ...counted, failed: [{ name: suite, detail: ended.trouble }] }
}

const indented = (text: string): string =>
  text.trimEnd().replaceAll(/^/gm, '    ')

const run = async (suite: string, measure: boolean): Promise<Tally> => {
  const ended = await runSuite(compiledOf(suite), limitOf(suite), {
    ...process.env,
    NODE_V8_COVERAGE: measure && isMeasured(suite) ? resolve(raw) : undefined,
  })
  const counted = judge(suite, ended)
  const word = counted.failed.length > 0 ? 'not ok' : 'ok'
  const time = ended.seconds.toFixed(1)
  console.log(`${word} ${suite}: ${closing(counted)} (${time} s)`)
  for (const figure of figuresOf(ended.output)) console.log(`  ${figure}`)
  if (counted.failed.length === 0) return counted
  for (const { name, detail } of counted.failed)
    console.log(`  failed: ${name}\n${indented(detail)}`)
  if (ended.errors !== '')
    console.log(`  its stderr:\n${indented(ended.errors.slice(-8192))}`)
  return counted
}

/** In order, as many at a time as there are lanes. */
const runAll = async (
  suites: readonly string[],
  lanes: number,
  measure: boolean,
): Promise<Tally[]> => {
  const queue = suites.values()
  const tallies: Tally[] = []
  const lane = async (): Promise<void> => {
    for (const suite of queue) tallies.push(await run(suite, measure))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return tallies
}

/** c8's own report and demand; one that no test loaded counts as 0 %. */
const isCovered = (): boolean => {
  const demanded = demandedOf(
    [...sourcesIn('fs'), ...sourcesIn('provider')],
    source => readFileSync(compiledOf(source), 'utf8'),
  )
  const { status } = spawnSync(
    process.execPath,
    [
      'node_modules/c8/bin/c8.js',
      'report',
      `--temp-directory=${raw}`,
      '--all',
      ...demanded.map(source => `--include=${compiledOf(source)}`),
      '--check-coverage',
      '--100',
      '--per-file',
      '--reporter=text',
      '--skip-full',
    ],
    { stdio: 'inherit' },
  )
  return status === 0
}

process.chdir(root)
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    signalAll(signal)
    process.exit(130)
  })

const asked = process.argv.slice(2)
const whole = asked.length === 0
const files = sourcesIn('test')
const suites = whole ? suitesOf(files) : chosen(files, asked)
if (whole) rmSync(raw, { recursive: true, force: true })

const lanes = Math.min(2, availableParallelism())
const total = sum([
  ...(await runAll(
    suites.filter(suite => !isLive(suite) && !isFuzzing(suite)),
    lanes,
    whole,
  )),
  ...(await runAll(suites.filter(isLive), 1, whole)),
  ...(await runAll(suites.filter(isFuzzing), 1, whole)),
])

for (const { name, detail } of total.skipped)
  console.log(`skipped: ${name}: ${detail}`)

const complaints: string[] = []
if (total.failed.length > 0)
  complaints.push('failed:', ...total.failed.map(({ name }) => `  ${name}`))
if (total.passed + total.failed.length === 0) complaints.push('no test ran')
if (whole && !isCovered()) complaints.push('a pure source is not fully covered')
if (process.env['CI'] !== undefined && unexcused(total).length > 0)
  complaints.push('skipped what this machine must be set up for (CI is set)')
for (const complaint of complaints) console.log(complaint)
if (complaints.length > 0) process.exitCode = 1
console.log(closing(total))
