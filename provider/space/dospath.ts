/**
 * NT paths, as the kernel names files (`\Device\HarddiskVolume3\x`), as the DOS
 * paths that programs open (`C:\x`).
 */

/** A name in `\??\`, of a drive or a volume, and where it leads. */
export interface Link {
  /** `C:`, `Volume{26a21bda-a627-11d7-9931-806e6f6e6963}`. */
  readonly name: string
  /** An NT path: a device, or for SUBST `\??\C:\folder`. */
  readonly target: string
  /** DOS paths of it, the best first: `C:`, `C:\mounted\here\`. */
  readonly paths: readonly string[]
}

export interface Devices {
  /** The DOS path of an NT path, which is in upper case; no `\` ends either. */
  readonly paths: ReadonlyMap<string, string>
  /** Length of the longest of these NT paths. */
  readonly longest: number
  /** The DOS path of a volume by its name, in upper case: `VOLUME{…}`. */
  readonly volumes: ReadonlyMap<string, string>
  /** What `\SystemRoot` is: `C:\Windows`. */
  readonly root: string
}

/** NT compares by upper case; JavaScript's differs for a few rare letters. */
const fold = (path: string): string => path.toUpperCase()

const trimmed = (path: string): string =>
  path.endsWith('\\') ? path.slice(0, -1) : path

/** A name in the folder of DOS devices, and what follows it. */
const inDos = /^\\(?:\?\?|DosDevices|GLOBAL\?\?)\\([^\\]+)(\\.*)?$/is

const drive = /^[A-Za-z]:$/
const inDevice = /^\\Device\\[^\\]/i
const server = /^\\[^\\]+\\[^\\]/

/**
 * A file of a server: what leads there may be told first, `;LanmanRedirector`,
 * and the drive and logon session for which it was connected, `;X:00000000a1b2`.
 */
const remote =
  /^\\Device\\(?:Mup|LanmanRedirector|WebDavRedirector|RdpDr)(?:\\;[^\\]*)*\\([^\\;].*)$/is

const inRoot = /^\\SystemRoot(?=\\|$)/i

/** Where a link leads in the end; undefined for a loop, or into nowhere. */
const deviceOf = (
  link: Link,
  byName: ReadonlyMap<string, Link>,
): string | undefined => {
  const seen = new Set<Link>()
  let rest = ''
  for (let at: Link | undefined = link; at !== undefined && !seen.has(at);) {
    seen.add(at)
    const [, name, below = ''] = inDos.exec(at.target) ?? []
    if (name === undefined) return trimmed(at.target) + rest
    rest = trimmed(below) + rest
    at = byName.get(fold(name))
  }
  return undefined
}

/**
 * The table for {@link dosPath}. Of links to the same place the first counts,
 * but one that leads there through another (SUBST) comes after all that do not.
 */
export const devicesOf = (links: readonly Link[], root: string): Devices => {
  const byName = new Map(links.map(link => [fold(link.name), link]))
  const isAlias = ({ target }: Link): boolean => inDos.test(target)
  const paths = new Map<string, string>()
  const volumes = new Map<string, string>()
  let longest = 0
  for (const link of [
    ...links.filter(link => !isAlias(link)),
    ...links.filter(isAlias),
  ]) {
    const [first] = link.paths
    if (first === undefined) continue
    const path = trimmed(first)
    volumes.set(fold(link.name), path)
    const device = deviceOf(link, byName)
    if (!device || !inDevice.test(device) || paths.has(fold(device))) continue
    paths.set(fold(device), path)
    longest = Math.max(longest, device.length)
  }
  return { paths, longest, volumes, root: trimmed(root) }
}

/** `C:` alone is no path of a file: `C:\`. */
const rooted = (path: string): string => (drive.test(path) ? `${path}\\` : path)

/** By the longest of the table's paths that is the path or a folder above. */
const byDevice = (
  path: string,
  { paths, longest }: Devices,
): string | undefined => {
  let end =
    path.length <= longest ? path.length : path.lastIndexOf('\\', longest)
  for (; end > 0; end = path.lastIndexOf('\\', end - 1)) {
    const found = paths.get(fold(path.slice(0, end)))
    if (found !== undefined) return rooted(found + path.slice(end))
  }
  return undefined
}

/**
 * The DOS path of an NT path, undefined if there is none: to be printed as it
 * is, and perhaps a device that has come since the table was made.
 *
 *     \Device\HarddiskVolume3\x                  C:\x, C:\mounted\here\x
 *     \Device\Mup\server\share\x                 \\server\share\x
 *     \Device\LanmanRedirector\;X:…\server\share \\server\share
 *     \??\C:\x   \??\UNC\server\share\x          C:\x   \\server\share\x
 *     \SystemRoot\x                              C:\Windows\x
 *
 * A file below a folder that SUBST made a drive is told by that drive, which
 * only the logon session has that made it.
 */
export const dosPath = (path: string, devices: Devices): string | undefined => {
  const [, onServer] = remote.exec(path) ?? []
  if (onServer !== undefined) return `\\\\${onServer}`
  if (inRoot.test(path)) return path.replace(inRoot, () => devices.root)
  const [, name, below = ''] = inDos.exec(path) ?? []
  if (name === undefined) return byDevice(path, devices)
  if (drive.test(name)) return rooted(name + below)
  if (fold(name) === 'UNC' && server.test(below)) return `\\${below}`
  const target = devices.volumes.get(fold(name))
  return target === undefined ? undefined : rooted(target + below)
}
