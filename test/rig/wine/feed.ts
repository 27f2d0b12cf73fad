import { Readable } from 'node:stream'
import type { Test } from 'tap'
import type { Ended } from './run.ts'

const isPoint = /^\s*(?:not )?ok\b/m
const isFailure = /^\s*not ok\b/m

/**
 * Why a suite is not to be believed, whatever TAP it wrote; '' if it is. One
 * that tells a failure has said enough.
 */
const troubleOf = ({ code, stdout }: Ended): string => {
  if (!isPoint.test(stdout) && !/^1\.\.0 # SKIP \S/im.test(stdout))
    return `nothing was asserted (exit code ${code})`
  if (code === null) return 'did not end'
  return code !== 0 && !isFailure.test(stdout)
    ? `ended with exit code ${code}`
    : ''
}

/**
 * Makes the TAP that a suite wrote elsewhere a subtest: what is in it counts
 * like tests of our own. A suite that crashed or said nothing fails.
 */
export const feed = async (
  t: Test,
  name: string,
  ended: Ended,
): Promise<void> => {
  const trouble = troubleOf(ended)
  const tapStream = Readable.from([Buffer.from(ended.stdout)])
  await t.stdin(name, { tapStream })
  if (trouble !== '') t.fail(`${name}: ${trouble}`, { stderr: ended.stderr })
}
