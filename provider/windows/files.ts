import { DeviceTable } from './devices.ts'
import { identify, type FileId } from './fileid.ts'
import { mappedName } from './names.ts'
import type { FileFacts } from './walk.ts'

/** Files that are remembered, and for how many milliseconds. */
export const fileBound = 4096
export const fileAge = 60_000

interface Known {
  readonly id: FileId | undefined
  readonly since: number
}

export interface FilesOptions {
  /** Paths, as programs open them, of files never to be opened: our own. */
  readonly isExcluded?: (path: string) => boolean
  readonly devices?: DeviceTable
  readonly nameOf?: typeof mappedName
  readonly identify?: typeof identify
  /** Milliseconds, ascending. */
  readonly now?: () => number
}

/**
 * The files that are mapped into processes: their paths, and what identifies
 * them. That is told, by the path, as of now or up to a minute ago, of files of
 * fixed local disks only: of a file that was renamed or replaced since it was
 * mapped it is not, or it is its successor's. A disk that does not answer holds
 * up a walk, past its deadline if need be; so does a path in which a folder has
 * become a junction to where nobody answers.
 */
export class Files {
  readonly #options: Required<FilesOptions>
  /** By NT path; the one last asked for comes last. */
  readonly #known = new Map<string, Known>()

  constructor(options: FilesOptions = {}) {
    this.#options = {
      isExcluded: () => false,
      devices: new DeviceTable(),
      nameOf: mappedName,
      identify,
      now: () => performance.now(),
      ...options,
    }
  }

  /** For a walk, {@link WalkOptions.fileAt}. */
  readonly at = (process: number, base: number): FileFacts | undefined => {
    const { nameOf, devices } = this.#options
    const ntPath = nameOf(process, base)
    if (ntPath === undefined) return undefined
    const name = devices.pathOf(ntPath)
    return { name, ...this.#idOf(ntPath, name) }
  }

  #idOf(ntPath: string, name: string): FileId | undefined {
    const now = this.#options.now()
    let known = this.#known.get(ntPath)
    if (known !== undefined) this.#known.delete(ntPath)
    if (known === undefined || now - known.since > fileAge)
      known = { id: this.#look(ntPath, name), since: now }
    this.#known.set(ntPath, known)
    if (this.#known.size > fileBound)
      for (const [oldest] of this.#known) {
        this.#known.delete(oldest)
        break
      }
    return known.id
  }

  #look(ntPath: string, name: string): FileId | undefined {
    const { devices, identify, isExcluded } = this.#options
    if (isExcluded(name)) return undefined
    const path = devices.onFixedDisk(ntPath)
    return path === undefined ? undefined : identify(path)
  }
}
