import { utf16 } from '../nt/utf16.ts'
import type { Link } from '../space/dospath.ts'
import { kernel32 } from './kernel32.ts'

/** Volumes that are looked at; what is mounted beyond is not known. */
const volumeBound = 1024

const DRIVE_FIXED = 3

const units = 0x8000
const buffer = new Uint8Array(2 * units)

const wide = new Uint16Array(buffer.buffer)

/** Texts that end with NUL each, up to an empty one. */
const texts = (): string[] => {
  let end = 0
  while (end < units && (wide[end] || wide[end + 1])) end++
  const all = utf16(buffer.subarray(0, 2 * end)).split('\0')
  const empty = all.indexOf('')
  return empty === -1 ? all : all.slice(0, empty)
}

/** Where a name of `\??\` leads now; undefined if it is none. */
const targetOf = (name: string): string | undefined =>
  kernel32.QueryDosDeviceW(name, buffer, units) === 0 ? undefined : texts()[0]

/** The folders that a volume is mounted as: `C:\`, `C:\mounted\`. */
const pathsOf = (volume: string): string[] =>
  kernel32.GetVolumePathNamesForVolumeNameW(volume, buffer, units, null) === 0
    ? []
    : texts()

/** `\\?\Volume{…}\` of all volumes. */
const volumes = (): string[] => {
  const found: string[] = []
  const search = kernel32.FindFirstVolumeW(buffer, units)
  if (search === -1) return found
  do found.push(...texts().slice(0, 1))
  while (
    found.length < volumeBound &&
    kernel32.FindNextVolumeW(search, buffer, units) !== 0
  )
  kernel32.FindVolumeClose(search)
  return found
}

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

const linkOf = (name: string, paths: readonly string[]): Link[] => {
  const target = targetOf(name)
  return target === undefined ? [] : [{ name, target, paths }]
}

/**
 * Drives, then volumes with the folders that they are mounted as, shortest
 * first. Only the object manager and the mount manager are asked: no device is
 * touched. Drives are those of our own logon session, and the machine's.
 */
export const readLinks = (): Link[] => [
  ...letters.flatMap(letter => linkOf(`${letter}:`, [`${letter}:`])),
  ...volumes().flatMap(volume =>
    linkOf(
      volume.slice('\\\\?\\'.length, -1),
      pathsOf(volume).sort((a, b) => a.length - b.length),
    ),
  ),
]

/** `C:\Windows`. */
export const systemRoot = (): string => {
  const length = kernel32.GetSystemWindowsDirectoryW(buffer, units)
  return utf16(buffer.subarray(0, 2 * length))
}

/** Whether a root, `C:\`, `\\?\Volume{…}\`, is of a disk that stays in. */
export const isFixed = (root: string): boolean =>
  kernel32.GetDriveTypeW(root) === DRIVE_FIXED
