import {
  devicesOf,
  dosPath,
  type Devices,
  type Link,
} from '../space/dospath.ts'
import { isFixed, readLinks, systemRoot } from './volumes.ts'

/** What is asked of Windows; the time in milliseconds. */
export interface VolumeFacts {
  readonly readLinks: () => readonly Link[]
  readonly systemRoot: () => string
  readonly isFixed: (root: string) => boolean
  readonly now: () => number
}

const facts: VolumeFacts = {
  readLinks,
  systemRoot,
  isFixed,
  now: () => performance.now(),
}

/** Milliseconds: so old may the table be, and so old if it lacks a device. */
const oldest = 5_000
const oldestLacking = 1_000

const localDisk = /^\\Device\\HarddiskVolume\d+(?=\\|$)/i
const drive = /^\\\?\?\\([A-Za-z]:)(?=\\)/

/**
 * The drives and volumes of this machine as they are now or were up to 5 s ago;
 * a path of a device that came since is told, at the latest, 1 s after it.
 */
export class DeviceTable {
  readonly #facts: VolumeFacts
  #links: readonly Link[] = []
  #devices: Devices = devicesOf([], '')
  #fixed = new Map<Link, boolean>()
  #built = Number.NEGATIVE_INFINITY

  constructor(given: Partial<VolumeFacts> = {}) {
    this.#facts = { ...facts, ...given }
  }

  #renewIfOlder(than: number): boolean {
    const now = this.#facts.now()
    if (now - this.#built <= than) return false
    this.#links = this.#facts.readLinks()
    this.#devices = devicesOf(this.#links, this.#facts.systemRoot())
    this.#fixed = new Map()
    this.#built = now
    return true
  }

  /** The DOS path of an NT path; itself if it has none. */
  pathOf(name: string): string {
    this.#renewIfOlder(oldest)
    const path = dosPath(name, this.#devices)
    if (path !== undefined) return path
    return this.#renewIfOlder(oldestLacking)
      ? (dosPath(name, this.#devices) ?? name)
      : name
  }

  /**
   * What to open, `\\?\C:\x`, for the file of an NT path if it lies on a fixed
   * local disk: `\Device\HarddiskVolumeN` with a drive or a volume name, which
   * no redirector and no volume of a user-mode file system is called. Only its
   * root is opened to find that out, once per table.
   */
  onFixedDisk(name: string): string | undefined {
    this.#renewIfOlder(oldest)
    const [prefix, letter] = drive.exec(name) ?? localDisk.exec(name) ?? []
    if (prefix === undefined) return undefined
    const wanted = (letter ?? prefix).toUpperCase()
    const link = this.#links.find(
      ({ name, target }) =>
        localDisk.exec(target)?.[0] === target &&
        (letter === undefined ? target : name).toUpperCase() === wanted,
    )
    if (link === undefined || !this.#isFixed(link)) return undefined
    return `\\\\?\\${link.name}${name.slice(prefix.length)}`
  }

  #isFixed(link: Link): boolean {
    const known = this.#fixed.get(link)
    if (known !== undefined) return known
    const [prefix, name] = link.name.endsWith(':')
      ? ['', link.name]
      : ['\\\\?\\', link.name]
    const found = this.#facts.isFixed(`${prefix}${name}\\`)
    this.#fixed.set(link, found)
    return found
  }
}
