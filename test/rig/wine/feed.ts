import { Readable } from 'node:stream'
import type { Test } from 'tap'
import type { Ended } from './run.ts'

const hasPoint = /^\s*(?:not )?ok\b|^1\.\.0 # SKIP \S/m
const hasFailure = /^\s*not ok\b/m

/**
 * Why a suite is not to be believed, whatever TAP it wrote; '' if it is. One
 * that tells a failure has said enough.
 */
const troubleOf = ({ code, stdout }: Ended): string => {
  if (code === null) return 'it was killed'
  return code !== 0 && !hasFailure.test(stdout)
    ? `it ended with exit code ${code}`
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
  const { code, stdout, stderr } = ended
  if (!hasPoint.test(stdout)) {
    t.fail(`nothing was asserted, exit code ${code}`, { stdout, stderr })
    return
  }
  await t.stdin(name, { tapStream: Readable.from([Buffer.from(stdout)]) })
  const trouble = troubleOf(ended)
  if (trouble !== '') t.fail(trouble, { stderr })
}
