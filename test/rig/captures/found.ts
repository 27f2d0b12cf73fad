import type { Span } from '../../../provider/contract.ts'
import { Allocations } from '../../../provider/space/allocations.ts'
import { findBlocks, type Thread } from '../../../provider/space/blocks.ts'
import { findHeaps } from '../../../provider/space/heaps/index.ts'
import type { ProcessFacts } from '../../fixtures/facts.ts'
import { withFree } from '../../fixtures/regions.ts'
import type { Image } from '../../fixtures/image.ts'

/** What is to be known of a process before its memory is read. */
export interface Known {
  readonly peb: number
  readonly build: number
  readonly threads: readonly Thread[]
}

/** The heaps, stacks and blocks that its memory tells. */
const spansIn = (image: Image, { peb, build, threads }: Known): Span[] => {
  const target = {
    allocations: new Allocations(image.regions),
    read: image.read,
    faces: [{ peb, width: image.width }],
    build,
  }
  return [...findHeaps(target), ...findBlocks(target, threads)]
}

/** A process of this memory, as a provider tells it. */
export const factsOf = (image: Image, known: Known): Partial<ProcessFacts> => ({
  regions: withFree(image.regions),
  spans: spansIn(image, known),
})
