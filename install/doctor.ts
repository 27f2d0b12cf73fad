import type { Asked, Row } from './check.ts'
import { checks } from './checks.ts'
import { thisMachine, type Machine } from './machine.ts'

export type { Asked, Row } from './check.ts'

/**
 * What this machine has of what the program needs, in the order in which it
 * is needed. Changes nothing.
 */
export const doctor = (asked: Asked, machine: Machine = thisMachine): Row[] =>
  checks
    .filter(({ on }) => on === 'any' || on.includes(machine.platform))
    .flatMap(({ name, find }) => {
      const found = find(machine, asked)
      return found ? [{ name, ...found }] : []
    })
