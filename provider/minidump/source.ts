import { Errno } from '../errno.ts'
import type { Layout, View } from '../nt/layout.ts'

/** The bytes of a dump, wherever they are. */
export interface Source {
  /** What messages call it. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Fills `bytes` from offset `at`; EIO where the dump does not hold them. */
  load(bytes: Uint8Array, at: number): void
}

/** EIO for a dump that contradicts itself, saying where. */
export const malformed = ({ name }: Source, what: string): Errno =>
  new Errno('EIO', `${name}: ${what}`)

/** EFBIG for more of something than we are willing to hold. */
export const excessive = ({ name }: Source, what: string): Errno =>
  new Errno('EFBIG', `${name}: ${what}`)

export const viewAt = (
  source: Source,
  at: number,
  length: number,
): DataView<ArrayBuffer> => {
  const bytes = new Uint8Array(length)
  source.load(bytes, at)
  return new DataView(bytes.buffer)
}

/** One structure, read from offset `at`. */
export const structureAt = <F>(
  source: Source,
  of: Layout<F>,
  at: number,
): View<F> => of.view(viewAt(source, at, of.size))

/** Where the entries of a list are: `count` of them, `stride` bytes apart. */
export interface Entries {
  readonly at: number
  readonly count: number
  readonly stride: number
}

/** Bytes read at a time. */
const chunk = 1 << 16

/** Each entry of a list: one view, moved along, never all of it in memory. */
export function* each<F>(
  source: Source,
  of: Layout<F>,
  { at, count, stride }: Entries,
): Generator<View<F>, void, undefined> {
  const most = Math.max(1, Math.floor(chunk / stride))
  for (let done = 0; done < count; done += most) {
    const now = Math.min(most, count - done)
    const length = (now - 1) * stride + of.size
    const entry = of.view(viewAt(source, at + done * stride, length))
    for (let next = 0; next < now; next++) {
      entry.at = next * stride
      yield entry
    }
  }
}
