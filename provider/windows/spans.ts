import type { Region, Span } from '../contract.ts'
import { Allocations } from '../space/allocations.ts'
import { findBlocks } from '../space/blocks.ts'
import { findHeaps } from '../space/heaps/index.ts'
import { paged } from '../space/pages.ts'
import {
  hypervisorSharedData,
  systemDllInitBlock,
  versionOf,
} from './machine.ts'
import { checkedReader } from './memory.ts'
import type { Target } from './target.ts'

/**
 * What the regions of one walk are; nothing for a process without a PEB.
 * Threads are those of a snapshot that may be as old as it may be shared: one
 * that began since has no label, and one that ended may leave it behind.
 *
 * Approximation: the initial thread is the one that began first of those that
 * live; it may have ended.
 */
export const spansOf = (target: Target, regions: readonly Region[]): Span[] => {
  const faces = target.faces()
  if (faces.length === 0) return []
  const { ntdll } = target.machine
  const { threads } = target.entry()
  const [initial] = threads.toSorted((a, b) => Number(a.created - b.created))
  const sought = {
    allocations: new Allocations(regions),
    // what could be read when it was walked may be a guard page by now
    read: paged(checkedReader(ntdll, target.reading())),
    faces,
    build: versionOf(ntdll).build,
    hypervisorSharedData: hypervisorSharedData(ntdll),
    systemDllInitBlock: systemDllInitBlock(),
  }
  return [
    ...findBlocks(
      sought,
      threads.map(thread => ({ ...thread, isInitial: thread === initial })),
    ),
    ...findHeaps(sought),
  ]
}
