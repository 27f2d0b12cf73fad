/** What a walk of ours and one of walker.c say, so that they can be compared. */
import { Access, type Region } from '../../../provider/contract.ts'
import type { Walked } from './oracle.ts'

/** A PAGE_* as winnt.h has it, in the words of provider/contract.ts. */
const pages: Readonly<Record<number, number>> = {
  0x01: 0,
  0x02: Access.read,
  0x04: Access.read | Access.write,
  0x08: Access.read | Access.copy,
  0x10: Access.execute,
  0x20: Access.execute | Access.read,
  0x40: Access.execute | Access.read | Access.write,
  0x80: Access.execute | Access.read | Access.copy,
  0x102: Access.read | Access.guard,
  0x104: Access.read | Access.write | Access.guard,
}

const states = { 0x1000: 'commit', 0x2000: 'reserve' } as const
const types = {
  0x20000: 'private',
  0x40000: 'mapped',
  0x1000000: 'image',
} as const

/** A region as a program in C told it, as we are to tell it. */
export const expected = (walked: Walked): Partial<Region> => {
  const { start, end, allocationBase, state, protect, type, name } = walked
  if (state === 0x10000) return { start, end, state: 'free' }
  return {
    start,
    end,
    base: allocationBase,
    state: states[state as keyof typeof states],
    type: types[type as keyof typeof types],
    access: state === 0x2000 ? 0 : (pages[protect] ?? -1),
    ...(name !== '' && { name: name.replace('\\??\\', '') }),
  }
}

/** A region of ours, less what no program in C tells. */
export const told = ({
  start,
  end,
  state,
  ...rest
}: Region): Partial<Region> => {
  if (state === 'free') return { start, end, state }
  const { base, type, access, name } = rest
  return {
    start,
    end,
    base,
    state,
    type,
    access,
    ...(name !== undefined && { name }),
  }
}
