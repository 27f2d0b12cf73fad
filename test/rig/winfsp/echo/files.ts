/** What the echo serves; the suite knows it from here. */
const bytesOf = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, at) => (at * 7 + (at >> 8)) & 0xff)

const many = Array.from(
  { length: 300 },
  (_, at) => `entry-${String(at).padStart(3, '0')}`,
)

/** Reads of it are answered by eights. */
export const slow = 'slow'

/**
 * Tells who opened it last: its pid, its token. Its size is 0 to all, as that of
 * what is made when it is read; in no directory.
 */
export const who = 'who'

/** Links, and where in the volume they lead. */
export const link = 'Link'
export const deepLink = 'Folder\\Back'
export const links: ReadonlyMap<string, string> = new Map([
  [link, '\\file'],
  [deepLink, '\\file'],
])

export const folder = 'Folder'
export const inner = 'Folder\\Inner'

/** A name for each way to be wrong: what is told of it. */
export const wrongs = {
  'short size': /a response of 120 bytes where/,
  'odd size': /no multiple of 8/,
  'long size': /a response of 65528 bytes where/,
  'other kind': /its request is of another kind/,
  'other hint': /its Hint is of no request/,
  'rounded hint': /its Hint is of no request/,
  'answered twice': /its Hint is of no request/,
  version: /Version is not 0/,
  pending: /neither success nor an error/,
  errno: /neither success nor an error/,
  warning: /neither success nor an error/,
  'error with information': /an error with Information/,
  'error with bytes': /an error with bytes/,
  'not opened': /nothing the disposition ends with/,
  'no attributes': /FileAttributes are none/,
  'normal and more': /normal and more/,
  'tag without attribute': /ReparseTag and the attribute/,
  'less allocated': /AllocationSize is less/,
  'unix time': /out of this world/,
  'no index': /IndexNumber is 0/,
  'a directory': /no directory was asked for/,
  'write right': /more than was asked/,
  'less granted': /less than was asked/,
  'generic right': /generic rights/,
  'other name': /differs by more than case/,
  'name with NUL': /differs by more than case/,
  'name outside': /FileName is out of/,
  'unknown flags': /flags that are not known/,
  'no context': /no context/,
  'same context': /that of another handle/,
  'link outside': /out of the response/,
  'link of other tag': /not the tag of the link/,
  'link cut': /ReparseDataLength is not the rest/,
  'link nowhere': /does not start at the root/,
  'read too much': /Information exceeds Length/,
  'read nothing': /not told as the end/,
  'read not written': /told of and not written/,
  'read with bytes': /bytes that nobody reads/,
  'write before': /written before or behind/,
  'write behind': /wrote behind the end of a buffer/,
  'write late': /wrote in the buffer of a request that was answered/,
  'token closed': /its token was closed/,
  'close fails': /so it has none/,
  'information of info': /Information where none is asked/,
  'entry size': /an entry's Size is wrong/,
  'entry name': /a character no name has/,
  'entry twice': /an entry is there twice/,
  'entry not asked': /not the one asked for/,
  'entries behind end': /entries behind the end/,
  'entry is marker': /the marker is among the entries/,
  'entry padding': /padding of an entry/,
  label: /VolumeLabelLength is odd/,
  free: /FreeSize exceeds/,
  security: /the descriptor is none/,
} as const satisfies Readonly<Record<string, RegExp>>

export type Wrong = keyof typeof wrongs

/** Its files by their paths. */
export const content: ReadonlyMap<string, Uint8Array> = new Map([
  ['file', bytesOf(100_000)],
  ['Empty', new Uint8Array()],
  [slow, bytesOf(64)],
  [inner, Buffer.from('one\ntwo\nthree\n')],
  ...many.map(name => [name, bytesOf(10)] as const),
])

/** Files that are in no directory, for programs not to stumble upon. */
export const hidden: ReadonlyMap<string, Uint8Array> = new Map(
  Object.keys(wrongs).map(name => [
    name,
    bytesOf(name === 'read not written' ? 0 : 5000),
  ]),
)

/** Every path but that of the root, `''`. */
const paths = [...content.keys(), folder, ...links.keys()]

/** The names in a directory. */
export const namesIn = (directory: string): readonly string[] => {
  const before = directory === '' ? '' : `${directory}\\`
  return paths
    .filter(path => path.startsWith(before))
    .map(path => path.slice(before.length))
    .filter(name => !name.includes('\\'))
}

/** No two paths have the same. */
export const indexOf = (path: string): bigint =>
  BigInt(['', who, ...paths, ...hidden.keys()].indexOf(path) + 1)
