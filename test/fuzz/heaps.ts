/**
 * Mutated memory of a process, in every layout of its heaps: what is found
 * lies in what is there, with few reads, and none of what must not be read.
 */
import type { Span } from '../../provider/contract.ts'
import { Allocations } from '../../provider/space/allocations.ts'
import { findBlocks } from '../../provider/space/blocks.ts'
import { heapBound } from '../../provider/space/heaps/found.ts'
import { findHeaps } from '../../provider/space/heaps/index.ts'
import type { Face } from '../../provider/space/target.ts'
import type { Image } from '../fixtures/image.ts'
import { layouts, wow64s } from '../fixtures/layouts.ts'
import { randomFor } from '../rig/random.ts'

import type { Fuzzer } from './fuzzer.ts'

type Random = (bound: number) => number

/** A process whose memory is in one image or in several. */
interface Process {
  readonly images: readonly Image[]
  readonly faces: readonly Face[]
  readonly teb: number
  readonly build: number
}

/** Makers of a process in each layout, one alone and both of WoW64. */
const makers: readonly (readonly [string, () => Process])[] = [
  ...layouts.map(([name, make]) => {
    const one = (): Process => {
      const { image, peb, teb, build } = make()
      return {
        images: [image],
        faces: [{ peb, width: image.width }],
        teb,
        build,
      }
    }
    return [name, one] as const
  }),
  ...wow64s.map(([name, make]) => {
    const both = (): Process => {
      const { wide, narrow } = make()
      return {
        images: [narrow.image, wide.image],
        faces: [
          { peb: wide.peb, width: 8 },
          { peb: narrow.peb, width: 4 },
        ],
        teb: wide.teb,
        build: wide.build,
      }
    }
    return [name, both] as const
  }),
]

/** Where the image has it; memory of the others is not its own. */
const imageAt = ({ images }: Process, at: number): Image => {
  const [first, second = first] = images
  return (at < 2 ** 32 ? first : second) as Image
}

const wild = [
  0, 1, 4, 8, 0xfff, 0x1000, 0x1_0000, 0x7fff_ffff, 0xffff_ffff, 0xeeff_eeff,
  0xffee_ffee, 0xddee_ddee, 0x5041_4548, 0x7efd_0000,
]

/** Most of what is written is where structures are: the first 0x280 bytes. */
const spot = (image: Image, random: Random): number => {
  const { start } = image.regions[random(image.regions.length)] ?? { start: 0 }
  const inside = random(4) === 0 ? 0x1000 : 0
  return start + inside + 4 * random(random(8) === 0 ? 0x400 : 0xa0)
}

/** One change: a pointer to anything there is, a number, bytes from elsewhere. */
const change = (image: Image, random: Random): void => {
  const at = spot(image, random)
  const kind = random(10)
  if (kind < 4) image.pointer(at, spot(image, random))
  else if (kind < 5) image.pointer(at, at + random(0x40) - 0x20)
  else if (kind < 7) image.u32(at, wild[random(wild.length)] as number)
  else if (kind < 8) image.put(at, 8, random(2 ** 32) * random(2 ** 31))
  else if (kind < 9) image.put(at, 2 * image.width, 0)
  else
    for (const [offset, byte] of image.read(spot(image, random), 64).entries())
      image.u8(at + offset, byte)
}

interface Counts {
  readonly found: number
  /** What is found where nothing is. */
  readonly spans: readonly Span[]
  readonly reads: number
  readonly longest: number
  readonly strays: number
}

const search = (process: Process): Counts => {
  const { images, faces, teb, build } = process
  for (const image of images) image.reads = image.longest = image.strays = 0
  const regions = images.flatMap(image => image.regions)
  const allocations = new Allocations(regions)
  const read = (at: number, length: number): Uint8Array =>
    imageAt(process, at).read(at, length)
  const target = { allocations, read, faces, build }
  const spans = [...findBlocks(target, [{ tid: 7, teb }]), ...findHeaps(target)]
  const sum = (count: (image: Image) => number): number =>
    images.reduce((all, image) => all + count(image), 0)
  return {
    found: spans.length,
    spans: spans.filter(({ start, end }) => {
      const found = allocations.at(start)
      return found === undefined || end <= start || end > found.end
    }),
    reads: sum(({ reads }) => reads),
    longest: Math.max(...images.map(({ longest }) => longest)),
    strays: sum(({ strays }) => strays),
  }
}

/** What is wrong with what was done and found; '' if nothing is. */
const faultOf = ({ spans, reads, longest, strays }: Counts): string => {
  const [span] = spans
  if (span) return `${span.kind} from ${span.start} to ${span.end}`
  if (strays > 0) return `${strays} reads of what must not be read`
  if (reads > 1000) return `${reads} reads`
  return longest > 8 * heapBound ? `${longest} bytes at once` : ''
}

export default {
  url: import.meta.url,
  full: 100_000,
  batch: 10_000,
  row: 10,
  longest: 5,
  warm() {
    for (const [, make] of makers) search(make())
  },
  begin(seed, first, tell) {
    let number = first
    return {
      next() {
        const random = randomFor(seed, number++)
        const [name, make] = makers[random(makers.length)] as (typeof makers)[0]
        const process = make()
        for (let changes = 1 + random(40); changes > 0; changes--)
          change(process.images[random(process.images.length)] as Image, random)
        const counts = search(process)
        const fault = faultOf(counts)
        if (fault) throw new Error(`${name}: ${fault}`)
        tell(counts.found > 0 ? 'with spans' : 'without')
        tell('reads', counts.reads)
        // no bytes are given: it is read by address
        return 0
      },
    }
  },
} satisfies Fuzzer
