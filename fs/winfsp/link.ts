import { lxSymlink, symlink } from './codec/reparse.ts'
import { pathOf } from './path.ts'

/**
 * `C:\Windows\notepad.exe`: a path on a drive of this machine, and nothing that
 * Windows would take for something else: no stream, device, `..` or wildcard.
 * Targets come from the memory of processes, which may hold anything.
 */
const onDrive =
  /^[A-Za-z]:\\(?:(?!\.{1,2}(?:\\|$))[^\\/:*?"<>|\p{Cc}]+(?:\\(?!$)|$))*$/u

/** Of links outside of processes' directories: ours, from their directory. */
const within = /^[\w-]+(?:\/[\w-]+)*$/

const join = (target: string, rest: readonly string[]): string =>
  rest.length === 0
    ? target
    : `${target.replace(/\\$/, '')}\\${rest.join('\\')}`

/**
 * Data of a link, as it is asked for. A path on a drive, or within the tree, is
 * one that Windows follows; all else (`\\server\share`, a device, nonsense) is
 * told, and never followed.
 */
export const dataOf = (target: string): Uint8Array => {
  if (onDrive.test(target)) return driveLink(target)
  if (!within.test(target)) return lxSymlink(target)
  const path = target.replaceAll('/', '\\')
  return symlink({ substitute: path, print: path, relative: true })
}

const driveLink = (path: string): Uint8Array =>
  symlink({ substitute: `\\??\\${path}`, print: path, relative: false })

/**
 * The same of a link that a path leads through: `directory` are the names of
 * where it stands, `rest` what of the path comes after it. The path that all
 * this makes is on the volume, or on a drive.
 */
export const wayOf = (
  target: string,
  directory: readonly string[],
  rest: readonly string[],
): Uint8Array => {
  if (onDrive.test(target)) return driveLink(join(target, rest))
  if (!within.test(target)) return lxSymlink(target)
  const path = pathOf([...directory, ...target.split('/'), ...rest])
  return symlink({ substitute: path, print: path, relative: true })
}
