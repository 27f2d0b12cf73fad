import type { Region, Span } from '../contract.ts'
import { Allocations } from '../space/allocations.ts'
import { findBlocks } from '../space/blocks.ts'
import { facesOf } from '../space/faces.ts'
import { findHeaps } from '../space/heaps/index.ts'
import { readBound } from '../space/target.ts'
import type { Facts } from './facts.ts'

/**
 * Heaps, stacks and what else is known of a Windows process, in its regions.
 * What a dump does not hold costs labels and is no error: nothing but pages of
 * TEBs is known of one without memory. Of what a process was, SystemInfo tells
 * too little (a WoW64 one is x64 or x86, by who wrote the dump), so it is told
 * by its TEBs.
 *
 * A dump of our own tells what was found when it was made.
 *
 * Approximations: the initial thread is the first that is listed, as Windows
 * lists threads in the order in which they began; it may have ended. A dump
 * does not tell where ntdll.dll and the hypervisor have what they tell
 * (space/target), so bitmaps of Control Flow Guard have no label.
 */
export const spansOf = (facts: Facts, regions: readonly Region[]): Span[] => {
  const own = facts.ownSpans()
  if (own.length > 0) return [...own]
  const allocations = new Allocations(regions)
  const read = (address: number, length: number): Uint8Array =>
    facts.read(address, length)
  const { width, build } = facts.identity
  const threads = facts.hasThreads ? facts.threads() : []
  const faces = facesOf(
    allocations.guard(read, readBound),
    threads.map(({ teb }) => teb),
    width,
  )
  const target = { allocations, read, faces, build }
  const initial = threads.map((thread, at) => ({
    ...thread,
    isInitial: at === 0,
  }))
  return [...findBlocks(target, initial), ...findHeaps(target)]
}
