import { structure, type Read, type Width } from '../nt/memory.ts'
import { Teb } from '../nt/teb.ts'
import type { Extent } from './built.ts'
import type { DumpedThread } from './threads.ts'

/** Bytes of a stack at most; a TEB that tells more is not believed. */
const most = 2 ** 32

/**
 * What is committed of each thread's stack, by its TEB, where the dump holds
 * that; of a WoW64 process the 64-bit one's. A TEB is the target's memory: it
 * counts if the bytes that ThreadList has of the stack lie within.
 */
export const stacksOf = (
  threads: readonly DumpedThread[],
  width: Width,
  read: Read,
): Extent[] =>
  threads.flatMap(({ teb, stack }): Extent[] => {
    const found = structure(read, Teb[width], teb)
    if (found === undefined) return []
    const { StackLimit: start, StackBase: end } = found
    const fits = start < end && end - start <= most
    return fits && stack >= start && stack < end ? [[start, end]] : []
  })
