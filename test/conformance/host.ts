import type { Test } from 'tap'
import { dyingCases } from './host/dying.ts'
import { endingCases } from './host/ending.ts'
import { hangingCases } from './host/hanging.ts'
import { benchOf, type Kind } from './host/kind.ts'
import { readingCases } from './host/reading.ts'
import { selfCases } from './host/self.ts'
import { treeCases } from './host/tree.ts'
import { writingCases } from './host/writing.ts'

/**
 * What programs see of a mount, whichever host serves it: the cases that apply
 * of those which other makers of a /proc test for (gVisor, LTP, the kernel's
 * own selftests), and the clean end of it all. Where there is a kernel's
 * answer to compare with, it is asked for in the same test.
 */
export const conformance = (t: Test, kind: Kind): void => {
  const bench = benchOf(t, kind)
  for (const cases of [
    treeCases,
    readingCases,
    dyingCases,
    selfCases,
    writingCases,
    endingCases,
    hangingCases,
  ])
    cases(bench)
}
