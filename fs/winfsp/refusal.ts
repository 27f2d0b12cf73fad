import { codeOf } from '../../provider/errno.ts'
import { statusOf, textOfStatus } from './status.ts'

/** A request's failure, where an NTSTATUS says more than a POSIX code. */
export class Refusal extends Error {
  readonly status: number
  constructor(status: number) {
    super(textOfStatus(status))
    this.status = status
  }
}

export const refuse = (status: number): never => {
  throw new Refusal(status)
}

/** The NTSTATUS of anything thrown; undefined for what nobody foresaw. */
export const statusOfThrown = (thrown: unknown): number | undefined => {
  if (thrown instanceof Refusal) return thrown.status
  const code = codeOf(thrown)
  return code && statusOf(code)
}
