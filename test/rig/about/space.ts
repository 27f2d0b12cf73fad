import type { Process, Region } from '../../../provider/contract.ts'
import { labels } from '../../../provider/space/labels.ts'
import { failing, refusal, told, type About } from '../told.ts'

const isPage = (address: number): boolean =>
  address % 4096 === 0 && address >= 0 && address <= 2 ** 64

const aboutRegion = (region: Region, before: number): string[] => {
  const { start, end, base, state, access } = region
  return failing([
    ['starts and ends with a page', isPage(start) && isPage(end)],
    ['has a length', end > start],
    ['comes after the one before', start >= before],
    [
      'is in its allocation',
      state === 'free' || (isPage(base) && base <= start),
    ],
    ['has known bits of access', access >= 0 && access < 32],
    ['has no access where nothing is', state === 'commit' || access === 0],
  ]).map(claim => `${start.toString(16)} ${claim}`)
}

export const aboutRegions: About = process => {
  let before = 0
  return [...process.regions()].flatMap(region => {
    const complaints = aboutRegion(region, before)
    before = region.end
    return complaints
  })
}

/** Two walks at a time do not disturb each other. */
export const aboutWalks: About = process => {
  const one = process.regions()[Symbol.iterator]()
  const first = one.next()
  one.next()
  const other = process.regions()[Symbol.iterator]().next()
  return failing([
    ['both walks begin', first.done === other.done],
    ['with one region', first.value?.start === other.value?.start],
  ])
}

export const aboutSpans: About = process =>
  [...(process.spans?.([...process.regions()]) ?? [])].flatMap(
    ({ start, end, kind }) =>
      failing([
        [`a span of ${kind} has a length`, end > start],
        [`${kind} has a label`, labels.some(label => label.kind === kind)],
      ]),
  )

/** Why a hole may not be read: as little as anything else of the process. */
const isForbidden = (process: Process, address: number): boolean =>
  ['EACCES', 'EPERM', 'ESRCH'].includes(
    refusal(() => process.read(address, 1)) ?? '',
  )

/** Reads where nothing is, and over the edge of what is there. */
export const aboutMemory: About = process => {
  const there = [...process.regions()].filter(({ state }) => state !== 'free')
  const hole = (at: number, length: number): boolean =>
    told(() => process.read(at, length))?.length === 0 ||
    isForbidden(process, at)
  const isShort = (at: number, length: number, most: number): boolean =>
    (told(() => process.read(at, length))?.length ?? 0) <= most
  const [first] = there
  const edge = there.find(
    ({ end }, at) => end < (there[at + 1]?.start ?? 2 ** 64),
  )?.end
  return failing([
    ['of no length is nothing', isShort(first?.start ?? 0, 0, 0)],
    [
      'no more than asked for',
      there.every(({ start }) => isShort(start, 7, 7)),
    ],
    ['2^63 is a hole', first === undefined || hole(2 ** 63, 16)],
    ['0 is a hole', first === undefined || first.start === 0 || hole(0, 16)],
    ['what is not mapped is a hole', edge === undefined || hole(edge, 16)],
    ['a hole ends a read', edge === undefined || isShort(edge - 16, 4096, 16)],
  ])
}
