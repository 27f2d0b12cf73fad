import { Status } from './abi.ts'
import type { Reply } from './driver.ts'

/** What a program is told in place of an answer. */
export class Refusal extends Error {
  /** NTSTATUS, unsigned. */
  readonly status: number
  constructor(what: string, status: number) {
    super(`${what}: ${status.toString(16)}`)
    this.status = status
  }
}

/** A link that leads out of the volume. */
export class Outside extends Error {
  /** As the link has it: `\??\C:\…`. */
  readonly target: string
  constructor(path: string, target: string) {
    super(`${path} leads to ${target}`)
    this.target = target
  }
}

/** A reply, if it is one of success. */
export const granted = (what: string, reply: Reply): Reply => {
  if (reply.status !== Status.success) throw new Refusal(what, reply.status)
  return reply
}
