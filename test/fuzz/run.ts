/**
 * `npm run fuzz`: hostile input of all kinds (./table.ts), the full count of
 * each, or
 *
 *     npm run fuzz -- minidump --seed 7 --count 1000 --seconds 60 --jobs 2
 *     npm run fuzz -- minidump --seed 7 --only 123
 *
 * Inputs go by number from `--from` on; number 123 of seed 7 is the same in
 * every run. Exit code 1 if any did not become what it should.
 */
import { parseArgs } from 'node:util'
import type { Fuzzer } from './fuzzer.ts'
import { fuzz, textOf } from './parent.ts'
import { fuzzers } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    count: { type: 'string' },
    seconds: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
})
const seed = Number(values.seed)

const run = async (name: string, fuzzer: Fuzzer): Promise<void> => {
  const { seconds, only } = values
  const report = await fuzz(fuzzer, {
    seed,
    from: Number(only ?? values.from),
    count: only === undefined ? Number(values.count ?? fuzzer.full) : 1,
    seconds: seconds === undefined ? undefined : Number(seconds),
    jobs: Number(values.jobs),
  })
  console.log(`${name}, seed ${seed}: ${textOf(report)}`)
  if (report.wrong.length > 0) process.exitCode = 1
  for (const { number, what } of report.wrong)
    console.log(
      `npm run fuzz -- ${name} --seed ${seed} --only ${number}\n${what}`,
    )
}

const names = positionals.length > 0 ? positionals : Object.keys(fuzzers)
for (const name of names) {
  const fuzzer = fuzzers[name]
  if (!fuzzer) throw new RangeError(`no such fuzzer: ${name}`)
  await run(name, fuzzer)
}
