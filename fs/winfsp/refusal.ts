import { codeOf } from '../../provider/errno.ts'
import { statusOf } from './status.ts'

/** A request's failure, where an NTSTATUS says more than a POSIX code. */
export class Refusal extends Error {
  readonly status: number
  constructor(status: number) {
    super(`NTSTATUS 0x${(status >>> 0).toString(16)}`)
    this.status = status
  }
}

/** The NTSTATUS of anything thrown; undefined for what nobody foresaw. */
export const statusOfThrown = (thrown: unknown): number | undefined => {
  if (thrown instanceof Refusal) return thrown.status
  const code = codeOf(thrown)
  return code && statusOf(code)
}
