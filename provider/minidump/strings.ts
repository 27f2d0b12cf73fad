import { decode } from '../text.ts'
import { MINIDUMP_STRING } from '../nt/minidump.ts'
import { utf16 } from '../nt/utf16.ts'
import { excessive, malformed, structureAt, viewAt } from './source.ts'
import type { Source } from './source.ts'

/**
 * Bytes of a string: those of a UNICODE_STRING, and of its text in UTF-8; more
 * is EIO.
 */
const longest = { utf16: 0xfffe, utf8: 3 * 0x7fff } as const

/** Bytes of all strings of a stream; more is EFBIG. */
const most = 1 << 26

/** UTF-16 up to the first NUL, or all of it. */
export const textOf = (bytes: Uint8Array): string =>
  utf16(bytes).split('\0', 1)[0] as string

/** How texts are written: as dbghelp does, or as Crashpad (UTF-8). */
const forms = { utf16: textOf, utf8: decode } as const

/**
 * Reads the texts that a stream names by their place in the file, each but
 * once: a number of bytes, and these. In a dump they do not overlap, so all of
 * them together are no longer than it: else one would be told again and again.
 */
export const stringsOf = (
  source: Source,
  stream: string,
  form: keyof typeof forms = 'utf16',
): ((at: number) => string) => {
  const unit = form === 'utf16' ? 2 : 1
  const known = new Map<number, string>()
  let total = 0
  const read = (at: number): string => {
    if (at + MINIDUMP_STRING.size > source.size)
      throw malformed(source, `${stream}: a name beyond its end, at ${at}`)
    const length = structureAt(source, MINIDUMP_STRING, at).Length
    const start = at + MINIDUMP_STRING.size
    if (length > longest[form] || length % unit || start + length > source.size)
      throw malformed(source, `${stream}: a name of ${length} bytes, at ${at}`)
    total += length
    if (total > source.size)
      throw malformed(source, `${stream}: names that overlap each other`)
    if (total > most)
      throw excessive(source, `${stream}: names of more than ${most} bytes`)
    // some writers count the NUL of UTF-16
    return forms[form](new Uint8Array(viewAt(source, start, length).buffer))
  }
  return at => {
    const name = known.get(at) ?? read(at)
    known.set(at, name)
    return name
  }
}
