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
 * mapped it is not, or it is its successor's. Files of other volumes, those of
 * our own drive and of servers among them, are never opened.
 *
 * Approximation: a path is opened as it reads, and a link is not followed at
 * its end alone. Where a folder of it has been replaced by one to elsewhere,
 * our account opens what is there, on a server or on our own drive too; one
 * that does not answer, like a disk that does not, holds up the walk, past its
 * deadline if need be.
 */
export class Files {
  readonly #options: Required<FilesOptions>
  /** By NT path; the one last asked for comes last. */
  readonly #known = new Map<string, Known>()

  constructor(options: FilesOptions = {}) {
    this.#options = {
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
    return { name, ...this.#idOf(ntPath) }
  }

  #idOf(ntPath: string): FileId | undefined {
    const now = this.#options.now()
    let known = this.#known.get(ntPath)
    if (known !== undefined) this.#known.delete(ntPath)
    if (known === undefined || now - known.since > fileAge)
      known = { id: this.#look(ntPath), since: now }
    this.#known.set(ntPath, known)
    if (this.#known.size > fileBound)
      for (const [oldest] of this.#known) {
        this.#known.delete(oldest)
        break
      }
    return known.id
  }

  #look(ntPath: string): FileId | undefined {
    const { devices, identify } = this.#options
    const path = devices.onFixedDisk(ntPath)
    return path === undefined ? undefined : identify(path)
  }
}
