import t from 'tap'
import type { Region } from '../../../provider/contract.ts'
import { codeOf } from '../../../provider/errno.ts'
import {
  regionBound,
  walk,
  walkDeadline,
  type Query,
  type WalkOptions,
} from '../../../provider/windows/walk.ts'
import { access } from '../../fixtures/regions.ts'

/** STATUS_*, as ntstatus.h writes them. */
const InvalidParameter = 0xc000000d
const ProcessIsTerminating = 0xc000010a
const AccessDenied = 0xc0000022
const NoMemory = 0xc0000017
const Unforeseen = 0xc0000001

/** A MEMORY_BASIC_INFORMATION by winnt.h's values. */
interface Info {
  readonly at: number
  readonly size: number
  readonly base?: number
  readonly state?: number
  readonly protect?: number
  readonly type?: number
}

/** What a call does: a status that it fails with, or what it fills in. */
type Step = number | Info

const fill = (buffer: Uint8Array, step: Info): void => {
  const { at, size, base = at, state = 0x1000 } = step
  const { protect = 0x04, type = 0x2_0000 } = step
  const words = [at, base, 0x04, size, state + protect * 2 ** 32, type]
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
  words.forEach((word, index) =>
    view.setBigUint64(index * 8, BigInt(word), true),
  )
}

/** A query that does one step after the other, and notes what was asked. */
const scripted = (
  steps: Iterable<Step>,
): { query: Query; asked: number[]; handles: Set<number> } => {
  const script = steps[Symbol.iterator]()
  const asked: number[] = []
  const handles = new Set<number>()
  return {
    asked,
    handles,
    query(process, address, kind, buffer, length, returned) {
      const { value: step, done } = script.next()
      if (done === true || step === undefined)
        throw new Error('asked too often')
      if (buffer === null || buffer.length !== 48 || length !== 48)
        throw new Error('the buffer is no MEMORY_BASIC_INFORMATION')
      if (kind !== 0 || returned !== null) throw new Error('another class')
      handles.add(process)
      asked.push(address)
      if (typeof step === 'number') return step | 0
      fill(buffer, step)
      return 0
    },
  }
}

const living = { isGone: () => false, now: () => 0 }

const walked = (
  steps: Iterable<Step>,
  options: Partial<WalkOptions> = {},
): Region[] =>
  walk(0x1c4, { ...living, ...options, query: scripted(steps).query })

const failure = (
  steps: Iterable<Step>,
  options: Partial<WalkOptions> = {},
): string | undefined => {
  try {
    walked(steps, options)
  } catch (thrown) {
    return codeOf(thrown)
  }
  return 'no failure'
}

const free = (at: number, size: number): Info => ({
  at,
  size,
  base: 0,
  state: 0x1_0000,
  protect: 0x01,
  type: 0,
})

t.test('a walk tells all regions, free ones among them', t => {
  const { query, asked, handles } = scripted([
    free(0, 0x1_0000),
    { at: 0x1_0000, size: 0x1000 },
    { at: 0x1_1000, size: 0x1000, base: 0x1_0000, protect: 0x104 },
    { at: 0x1_2000, size: 0xe000, base: 0x1_0000, state: 0x2000, protect: 0 },
    { at: 0x2_0000, size: 0x1000, protect: 0x08, type: 0x4_0000 },
    { at: 0x2_1000, size: 0x1000, protect: 0x20, type: 0x100_0000 },
    free(0x2_2000, 0x7fff_ffff_0000 - 0x2_2000),
    InvalidParameter,
  ])
  const start = 0x1_0000
  const none = { state: 'free', type: 'private', access: 0 }
  const own = { state: 'commit', type: 'private', base: start }
  t.same(walk(0x1c4, { ...living, query }), [
    { ...none, start: 0, end: start, base: 0 },
    { ...own, start, end: 0x1_1000, access: access('rw') },
    { ...own, start: 0x1_1000, end: 0x1_2000, access: access('rwg') },
    { ...own, start: 0x1_2000, end: 0x2_0000, state: 'reserve', access: 0 },
    {
      start: 0x2_0000,
      end: 0x2_1000,
      base: 0x2_0000,
      state: 'commit',
      type: 'mapped',
      access: access('rc'),
    },
    {
      start: 0x2_1000,
      end: 0x2_2000,
      base: 0x2_1000,
      state: 'commit',
      type: 'image',
      access: access('rx'),
    },
    { ...none, start: 0x2_2000, end: 0x7fff_ffff_0000, base: 0x2_2000 },
  ])
  t.same(
    asked,
    [
      0, 0x1_0000, 0x1_1000, 0x1_2000, 0x2_0000, 0x2_1000, 0x2_2000,
      0x7fff_ffff_0000,
    ],
  )
  t.same([...handles], [0x1c4])
  t.end()
})

t.test('a large reservation is one region and one call', t => {
  const size = 2 ** 41
  const { query, asked } = scripted([
    { at: 0, size, state: 0x2000, protect: 0 },
    { at: size, size: 0x1000, base: 0 },
    InvalidParameter,
  ])
  const regions = walk(1, { ...living, query })
  t.same(
    regions.map(({ start, end }) => [start, end]),
    [
      [0, size],
      [size, size + 0x1000],
    ],
  )
  t.equal(asked.length, 3)
  t.end()
})

t.test('values that are unknown tell the least, and do not throw', t => {
  const table: readonly (readonly [Partial<Info>, Partial<Region>])[] = [
    [{ state: 0 }, { state: 'reserve', access: 0 }],
    [{ state: 0x8000_0000 }, { state: 'reserve', access: 0 }],
    [{ state: 0x3000 }, { state: 'reserve', access: 0 }],
    [{ type: 0 }, { type: 'private', access: access('rw') }],
    [{ type: 0xffff_ffff }, { type: 'private' }],
    [{ protect: 0x03 }, { state: 'commit', access: 0 }],
    [{ protect: 0xffff_ffff }, { state: 'commit', access: 0 }],
    [{ protect: 0x4000_0004 }, { access: access('rw') }],
  ]
  for (const [info, expected] of table) {
    const [region] = walked([
      { at: 0, size: 0x1000, ...info },
      InvalidParameter,
    ])
    t.match(region, expected, JSON.stringify(info))
  }
  t.end()
})

t.test('only STATUS_INVALID_PARAMETER ends a walk', t => {
  const table: readonly (readonly [number, string])[] = [
    [ProcessIsTerminating, 'ESRCH'],
    [AccessDenied, 'EACCES'],
    [NoMemory, 'ENOMEM'],
    [Unforeseen, 'EIO'],
    [0xc0000141, 'EIO'], // STATUS_INVALID_ADDRESS
    [0x80000005, 'EIO'], // STATUS_BUFFER_OVERFLOW
  ]
  for (const [status, expected] of table) {
    const name = status.toString(16)
    t.equal(failure([status]), expected, `${name} at once`)
    t.equal(failure([{ at: 0, size: 0x1000 }, status]), expected, name)
  }
  t.end()
})

t.test('what fails for a process that has ended is ESRCH', t => {
  const isGone = () => true
  const first = { at: 0, size: 0x1000 }
  t.equal(failure([first, AccessDenied], { isGone }), 'ESRCH')
  t.equal(failure([first, ProcessIsTerminating], { isGone }), 'ESRCH')
  t.equal(failure([first, Unforeseen], { isGone }), 'ESRCH')
  t.end()
})

t.test('a process that ends at the end of its walk is ESRCH', t => {
  const isGone = () => true
  const first = { at: 0, size: 0x1000 }
  t.equal(failure([first, InvalidParameter], { isGone }), 'ESRCH')
  t.equal(failure([InvalidParameter], { isGone }), 'ESRCH')
  t.end()
})

t.test('whether it has ended is asked when the walk has', t => {
  let calls = 0
  let ended = 0
  const steps = function* (): Generator<Step> {
    yield { at: 0, size: 0x1000 }
    calls++
    yield InvalidParameter
  }
  const isGone = () => {
    ended++
    t.equal(calls, 1)
    return false
  }
  t.equal(walked(steps(), { isGone }).length, 1)
  t.equal(ended, 1)
  t.end()
})

t.test('an address space without any region is EIO', t => {
  t.equal(failure([InvalidParameter]), 'EIO')
  t.end()
})

t.test('a region that does not go on is EIO', t => {
  const first = { at: 0, size: 0x2000 }
  const table: readonly (readonly [string, Info])[] = [
    ['no length', { at: 0x2000, size: 0 }],
    ['begins before', { at: 0x1000, size: 0x2000 }],
    ['ends before', { at: 0, size: 0x1000 }],
    ['begins beyond', { at: 0x3000, size: 0x1000 }],
  ]
  for (const [name, info] of table) t.equal(failure([first, info]), 'EIO', name)
  t.equal(failure([{ at: 0, size: 0 }]), 'EIO', 'no length at 0')
  t.end()
})

/** Pages one after the other, with little else done: there are many. */
const pages = (count: number): Query => {
  let page = 0
  return (_process, address, _kind, buffer) => {
    if (page === count || buffer === null) return InvalidParameter | 0
    if (page++ === 0) fill(buffer, { at: 0, size: 0x1000, base: 0 })
    buffer[1] = address >> 8
    buffer[2] = address >> 16
    buffer[3] = address >> 24
    buffer[4] = address / 2 ** 32
    return 0
  }
}

t.test('more regions than the bound are EFBIG', t => {
  const walkOf = (count: number) => () =>
    walk(1, { ...living, query: pages(count) }).length
  t.equal(regionBound, 4_194_304)
  t.equal(walkOf(regionBound)(), regionBound)
  t.throws(walkOf(regionBound + 1), { code: 'EFBIG' })
  t.end()
})

t.test('a walk that takes too long is ETIMEDOUT', t => {
  const steps = [
    ...Array.from({ length: 10 }, (_, page) => free(page * 0x1000, 0x1000)),
    InvalidParameter,
  ]
  t.equal(walkDeadline, 10_000)
  for (const [each, expected] of [
    [990, 'no failure'],
    [1010, 'ETIMEDOUT'],
  ] as const) {
    let time = 5_000
    const now = () => (time += each) - each
    t.equal(failure(steps, { now }), expected)
  }
  t.end()
})

t.test('an allocation of a file is asked for it once', t => {
  const asked: (readonly [number, number])[] = []
  const image = { type: 0x100_0000, base: 0x1_0000 }
  const mapped = { type: 0x4_0000 }
  const steps: readonly Step[] = [
    free(0, 0x1_0000),
    { ...image, at: 0x1_0000, size: 0x1000 },
    { ...image, at: 0x1_1000, size: 0x1000, protect: 0x20 },
    { ...image, at: 0x1_2000, size: 0x1000, state: 0x2000, protect: 0 },
    { ...mapped, at: 0x1_3000, size: 0x1000 },
    { at: 0x1_4000, size: 0x1000 },
    { ...mapped, at: 0x1_5000, size: 0x1000 },
    InvalidParameter,
  ]
  const files = new Map([
    [0x1_0000, { name: 'C:\\a.dll', major: 1, minor: 2, inode: 3n }],
    [0x1_5000, { name: 'C:\\b' }],
  ])
  const regions = walked(steps, {
    fileAt(process, base) {
      asked.push([process, base])
      return files.get(base)
    },
  })
  t.same(asked, [
    [0x1c4, 0x1_0000],
    [0x1c4, 0x1_3000],
    [0x1c4, 0x1_5000],
  ])
  t.same(
    regions.map(({ name }) => name),
    [
      undefined,
      'C:\\a.dll',
      'C:\\a.dll',
      'C:\\a.dll',
      undefined,
      undefined,
      'C:\\b',
    ],
  )
  t.match(regions[2], { major: 1, minor: 2, inode: 3n })
  t.notOk('major' in (regions[6] as Region))
  t.end()
})

t.test('what is thrown for a file ends the walk', t => {
  const image = { at: 0, size: 0x1000, type: 0x100_0000 }
  const failed = failure([image], {
    fileAt() {
      throw Object.assign(new Error(), { code: 'ESRCH' })
    },
  })
  t.equal(failed, 'ESRCH')
  t.end()
})
