/**
 * Minidumps of the processes of any provider, as pieces of a file and without
 * any I/O of its own. The target runs on meanwhile: nothing is suspended, so
 * that a dump of a running one is of no single moment.
 */
import type { Process, Region, Span } from '../contract.ts'
import { Errno, type Code } from '../errno.ts'
import {
  MINIDUMP_DIRECTORY,
  MINIDUMP_HEADER,
  MINIDUMP_MEMORY64_LIST,
  MINIDUMP_MEMORY_DESCRIPTOR64,
  MINIDUMP_SIGNATURE,
  MINIDUMP_VERSION,
  streams,
  type StreamName,
} from '../nt/minidump.ts'
import { errands, type Machine } from './streams.ts'
import { wantedOf, type Amount } from './wanted.ts'

/** Bytes, and where in the file they belong; in any order, none twice. */
export interface Piece {
  readonly at: number
  readonly bytes: Uint8Array
  /** Bytes of memory looked at so far, and of those there are to look at. */
  readonly done: number
  readonly total: number
}

/** What became of it. */
export interface Written {
  readonly regions: number
  readonly threads: number
  /** Bytes of memory. */
  readonly memory: number
  /** Bytes that could not be read, or had no place in the list. */
  readonly missed: number
}

export interface WriteOptions {
  readonly amount: Amount
  readonly machine: Machine
  /** Seconds since 1970. */
  readonly now: number
}

/** Bytes read at a time. */
const chunk = 1 << 20
const page = 4096

/**
 * Places beyond one for each region that is wanted: where some of its pages
 * cannot be read it is told in parts.
 */
const spare = 4096

/** The parts of a file that come before the memory, each at its place. */
class Body {
  readonly pieces: { at: number; bytes: Uint8Array }[] = []
  end: number

  constructor(start: number) {
    this.end = start
  }

  /** Where the bytes are placed: at a multiple of 8. */
  put(bytes: Uint8Array): number {
    const at = Math.ceil(this.end / 8) * 8
    this.pieces.push({ at, bytes })
    this.end = at + bytes.length
    return at
  }
}

const directoryOf = (
  places: readonly (readonly [StreamName, number, number])[],
  now: number,
): Uint8Array => {
  const view = new DataView(
    new ArrayBuffer(
      MINIDUMP_HEADER.size + places.length * MINIDUMP_DIRECTORY.size,
    ),
  )
  const header = MINIDUMP_HEADER.view(view)
  header.Signature = MINIDUMP_SIGNATURE
  header.Version = MINIDUMP_VERSION
  header.NumberOfStreams = places.length
  header.StreamDirectoryRva = MINIDUMP_HEADER.size
  header.TimeDateStamp = now
  const entry = MINIDUMP_DIRECTORY.view(view, MINIDUMP_HEADER.size)
  for (const [name, at, size] of places) {
    entry.StreamType = streams[name][0]
    entry.DataSize = size
    entry.Rva = at
    entry.at += MINIDUMP_DIRECTORY.size
  }
  return new Uint8Array(view.buffer)
}

/** What a look gives, or another thing where it is refused by such a code. */
const unless = <T>(codes: readonly Code[], look: () => T, other: T): T => {
  try {
    return look()
  } catch (thrown) {
    if (thrown instanceof Errno && codes.includes(thrown.code)) return other
    throw thrown
  }
}

/** Those that do not end while they are looked at, by their names. */
const threadsOf = (process: Process) =>
  process.tids().flatMap(tid => {
    const nameOf = () => process.thread(tid).comm?.() ?? ''
    const name = unless(['ESRCH'], nameOf, undefined)
    return name === undefined ? [] : [{ tid, name }]
  })

/** Holes of all regions that are felt for page by page. */
const holeBound = 0x1_0000

/**
 * Runs of bytes that there are of `[start, end)`, a chunk at a time. What
 * follows a hole is read again from the next page on, up to `holes.left` times
 * in all: the rest is left out.
 */
function* runsOf(
  process: Process,
  { start, end }: Region,
  holes: { left: number },
): Generator<readonly [address: number, bytes: Uint8Array]> {
  let most = chunk
  for (let at = start; at < end && holes.left > 0;) {
    const wanted = Math.min(most, end - at)
    const bytes = process.read(at, wanted)
    yield [at, bytes]
    at += bytes.length
    most = chunk
    if (bytes.length === wanted) continue
    holes.left--
    most = page
    at += page - (at % page)
  }
}

/**
 * The pieces of a dump; its header comes last, so that what is cut short is
 * none. Throws what the process's own facts throw.
 *
 * Approximations: contexts of threads (their registers) are not recorded, and
 * of modules only where they are; what else a provider knows is left out.
 */
export function* pieces(
  process: Process,
  { amount, machine, now }: WriteOptions,
): Generator<Piece, Written, undefined> {
  const regions: Region[] = [...process.regions()]
  const spans: Span[] = [...(process.spans?.(regions) ?? [])]
  const wanted = wantedOf(regions, spans, amount)
  const total = wanted.reduce((sum, { start, end }) => sum + end - start, 0)
  const threads = threadsOf(process)
  const made = errands({
    pid: process.pid,
    program: unless(['ENOENT', 'EACCES'], () => process.exe?.(), '') ?? '',
    threads,
    regions,
    spans,
    machine,
  })
  const holdsMemory = amount !== 'none'
  const count = made.length + (holdsMemory ? 1 : 0)
  const body = new Body(MINIDUMP_HEADER.size + count * MINIDUMP_DIRECTORY.size)
  const places = made.map(([name, make]): [StreamName, number, number] => {
    const bytes = make(part => body.put(part))
    return [name, body.put(bytes), bytes.length]
  })
  for (const piece of body.pieces) yield { ...piece, done: 0, total }

  const written = {
    regions: regions.length,
    threads: threads.length,
    memory: 0,
    missed: 0,
  }
  if (holdsMemory) {
    const room = wanted.length + spare
    const list = new DataView(
      new ArrayBuffer(
        MINIDUMP_MEMORY64_LIST.size + room * MINIDUMP_MEMORY_DESCRIPTOR64.size,
      ),
    )
    const at = body.put(new Uint8Array(list.buffer))
    const base = body.end
    const head = MINIDUMP_MEMORY64_LIST.view(list)
    head.BaseRva = base
    const entry = MINIDUMP_MEMORY_DESCRIPTOR64.view(list)
    let used = 0
    let next = -1
    let done = 0
    const holes = { left: holeBound }
    for (const region of wanted) {
      for (const [address, bytes] of runsOf(process, region, holes)) {
        if (bytes.length === 0) continue
        if (address !== next) {
          if (used === room) continue
          entry.at =
            MINIDUMP_MEMORY64_LIST.size +
            used++ * MINIDUMP_MEMORY_DESCRIPTOR64.size
          entry.StartOfMemoryRange = address
        }
        next = address + bytes.length
        entry.DataSize += bytes.length
        yield {
          at: base + written.memory,
          bytes,
          done: done + next - region.start,
          total,
        }
        written.memory += bytes.length
      }
      done += region.end - region.start
    }
    head.NumberOfMemoryRanges = used
    const size =
      MINIDUMP_MEMORY64_LIST.size + used * MINIDUMP_MEMORY_DESCRIPTOR64.size
    places.push(['Memory64List', at, size])
    yield { at, bytes: new Uint8Array(list.buffer, 0, size), done, total }
  }
  written.missed = total - written.memory
  yield { at: 0, bytes: directoryOf(places, now), done: total, total }
  return written
}
