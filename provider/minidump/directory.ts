import { Errno } from '../errno.ts'
import {
  MINIDUMP_DIRECTORY,
  MINIDUMP_HEADER,
  MINIDUMP_SIGNATURE,
  MINIDUMP_VERSION,
  streams,
  type StreamName,
} from '../nt/minidump.ts'
import { each, excessive, malformed, structureAt, viewAt } from './source.ts'
import type { Source } from './source.ts'

/** Streams of a dump, known or not; more is EFBIG. */
export const streamBound = 0x1000

/** Where a stream lies in the file; bytes. */
export interface Place {
  readonly at: number
  readonly size: number
}

/** A dump and where its streams are. */
export interface Dump {
  readonly source: Source
  readonly places: ReadonlyMap<StreamName, Place>
}

const names = new Map<number, StreamName>(
  Object.entries(streams).map(([name, [type]]) => [type, name as StreamName]),
)

/** `PAGE` and then `DUMP` or `DU64`: of a whole system, by the kernel. */
const kernelSignature = 0x4547_4150

const checkSignature = (source: Source): void => {
  const { name, size } = source
  const signature = size < 4 ? 0 : viewAt(source, 0, 4).getUint32(0, true)
  if (signature === kernelSignature)
    throw new Errno('EINVAL', `${name}: a dump of the kernel, of no process`)
  if (signature !== MINIDUMP_SIGNATURE)
    throw new Errno('EINVAL', `${name}: not a minidump: no MDMP signature`)
  if (size < MINIDUMP_HEADER.size)
    throw malformed(source, 'truncated within its header')
}

const within = ({ size }: Source, place: Place): boolean =>
  place.at >= MINIDUMP_HEADER.size && place.at + place.size <= size

const spell = ({ at, size }: Place, source: Source): string =>
  `bytes ${at} to ${at + size} of ${source.size}`

/**
 * The header and the directory: which streams that we know there are, and that
 * each lies in the file. EINVAL for what is no minidump, EIO for one that is
 * cut short or contradicts itself, EFBIG beyond {@link streamBound}.
 */
export const openDump = (source: Source): Dump => {
  checkSignature(source)
  const header = structureAt(source, MINIDUMP_HEADER, 0)
  const version = header.Version & 0xffff
  if (version !== MINIDUMP_VERSION)
    throw new Errno(
      'EINVAL',
      `${source.name}: not a minidump: version 0x${version.toString(16)}`,
    )
  const count = header.NumberOfStreams
  const stride = MINIDUMP_DIRECTORY.size
  const at = header.StreamDirectoryRva
  const directory = { at, size: count * stride }
  if (!within(source, directory))
    throw malformed(
      source,
      `its directory cannot be at ${spell(directory, source)}`,
    )
  if (count > streamBound)
    throw excessive(source, `a directory of ${count} streams`)
  const places = new Map<StreamName, Place>()
  for (const entry of each(source, MINIDUMP_DIRECTORY, { at, count, stride })) {
    const stream = names.get(entry.StreamType)
    if (stream === undefined) continue
    const place = { at: entry.Rva, size: entry.DataSize }
    if (places.has(stream)) throw malformed(source, `two ${stream} streams`)
    if (!within(source, place))
      throw malformed(
        source,
        `truncated: ${stream} cannot be at ${spell(place, source)}`,
      )
    places.set(stream, place)
  }
  return { source, places }
}

/**
 * Where a stream is that holds at least `least` bytes; EIO if there is none,
 * telling what would have recorded it.
 */
export const placeOf = (
  { source, places }: Dump,
  name: StreamName,
  least: number,
): Place => {
  const place = places.get(name)
  if (place === undefined) {
    const [type, recorder] = streams[name]
    throw malformed(
      source,
      `no ${name} stream (${type}), which ${recorder} would have recorded`,
    )
  }
  if (place.size < least)
    throw malformed(source, `${name}: ${place.size} bytes, not even ${least}`)
  return place
}
