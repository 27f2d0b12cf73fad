import t from 'tap'
import type { Span } from '../../../../provider/contract.ts'
import { Allocations } from '../../../../provider/space/allocations.ts'
import { findBlocks } from '../../../../provider/space/blocks.ts'
import { heapBound } from '../../../../provider/space/heaps/found.ts'
import { findHeaps } from '../../../../provider/space/heaps/index.ts'
import type { Face } from '../../../../provider/space/target.ts'
import type { Image } from '../../../fixtures/image.ts'
import { layouts, wow64s } from '../../../fixtures/layouts.ts'
import { randomOf } from '../../../rig/random.ts'

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
    spans: spans.filter(({ start, end }) => {
      const found = allocations.at(start)
      return found === undefined || end <= start || end > found.end
    }),
    reads: sum(({ reads }) => reads),
    longest: Math.max(...images.map(({ longest }) => longest)),
    strays: sum(({ strays }) => strays),
  }
}

const rounds = 60

t.test('mutated memory, in every layout: no error, no hang', t => {
  let most = 0
  let slowest = 0
  for (const [seed, [name, make]] of makers.entries()) {
    const random = randomOf(seed)
    const wrong: string[] = []
    for (let round = 0; round < rounds; round++) {
      const process = make()
      for (let changes = 1 + random(40); changes > 0; changes--)
        change(process.images[random(process.images.length)] as Image, random)
      const began = performance.now()
      const { spans, reads, longest, strays } = search(process)
      const took = performance.now() - began
      const note = (what: string): number => wrong.push(`${round}: ${what}`)
      for (const { start, end, kind } of spans)
        note(`${kind} from ${start} to ${end}`)
      if (strays > 0) note(`${strays} reads of what must not be read`)
      if (reads > 1000) note(`${reads} reads`)
      if (longest > 8 * heapBound) note(`${longest} bytes at once`)
      if (took > 2000) note(`${took} ms`)
      most = Math.max(most, reads)
      slowest = Math.max(slowest, took)
    }
    t.same(wrong, [], `${name}, seed ${seed}`)
  }
  t.comment(`${most} reads at most, ${slowest.toFixed(1)} ms`)
  t.ok(most > 100, 'some of it is read')
  t.end()
})
