/**
 * What the kernel makes of a program's CreateFile, ReadFile, FindFirstFile:
 * a model of WinFsp's file system driver in front of the stand-in.
 *
 * Modelled: one node for all handles of a name, whose UserContext is that of
 * who opened it first; one thing at a time on a node; no metadata or data kept
 * (FileInfoTimeout 0), so reads are not cut at a file's size; links that are
 * followed; listings by markers, filtered here; Cleanup only where the volume
 * wants it of what was not modified. Not modelled: sharing modes, the cache,
 * oplocks, changes.
 */
import { Params, Status, tagSymlink, viewOf } from './abi.ts'
import type { Caller, Reply, Requester } from './driver.ts'
import { Nodes } from './nodes.ts'
import { OpenFile } from './openfile.ts'
import { Outside, Refusal, granted } from './refusal.ts'
import {
  Access,
  CreateFlag,
  Option,
  create,
  ofHandle,
  type CreateOptions,
} from './requests.ts'
import {
  bytesOf,
  linkOf,
  volumeOf,
  type Entry,
  type Info,
  type Link,
} from './responses.ts'

export { OpenFile, Outside, Refusal }

/** The most that Windows follows. */
const mostLinks = 63

/** The volume, as all programs share it. */
export class Drive {
  readonly driver: Requester
  /** Bits of FSP_FSCTL_VOLUME_PARAMS. */
  readonly flags: number
  readonly nodes = new Nodes()

  private constructor(driver: Requester, flags: number) {
    this.driver = driver
    this.flags = flags
  }

  static async on(driver: Requester): Promise<Drive> {
    const params = Params.view(viewOf(await driver.params()))
    return new Drive(driver, params.Flags)
  }

  /** One who opens files. */
  program(caller: Caller = {}): Program {
    return new Program(this, caller)
  }
}

export class Program {
  readonly drive: Drive
  readonly caller: Caller

  constructor(drive: Drive, caller: Caller) {
    this.drive = drive
    this.caller = caller
  }

  async #create(path: string, options: CreateOptions): Promise<Reply> {
    const slash = path.length > 1 && path.endsWith('\\')
    const flags =
      options.flags ?? CreateFlag.userMode | CreateFlag.hasTraversePrivilege
    return this.drive.driver.submit(
      create(slash ? path.slice(0, -1) : path, {
        ...options,
        flags: slash ? flags | CreateFlag.hasTrailingBackslash : flags,
      }),
      this.caller,
    )
  }

  /** CreateFile of what is there; links are followed. */
  async open(path: string, options: CreateOptions = {}): Promise<OpenFile> {
    for (let links = 0, at = path; links <= mostLinks; links++) {
      const reply = await this.drive.nodes.alone(at, () =>
        this.#create(at, options),
      )
      if (reply.status !== Status.reparse) {
        granted(`open ${at}`, reply)
        return new OpenFile(
          this.drive,
          this.caller,
          at.replace(/(.)\\$/, '$1'),
          reply,
        )
      }
      at = this.#follow(at, reply)
    }
    throw new Refusal(`open ${path}`, Status.reparsePointNotResolved)
  }

  #follow(path: string, { information, response }: Reply): string {
    const data = bytesOf(response)
    // 0: the path itself
    if (information === 0) return Buffer.from(data).toString('utf16le')
    if (information !== tagSymlink)
      throw new Refusal(`open ${path}`, Status.ioReparseTagNotHandled)
    const { target, isRelative } = linkOf(data)
    if (!isRelative) throw new Outside(path, target)
    return target
  }

  async #with<T>(
    path: string,
    options: CreateOptions,
    act: (file: OpenFile) => Promise<T>,
  ): Promise<T> {
    const file = await this.open(path, options)
    try {
      return await act(file)
    } finally {
      await file.close()
    }
  }

  /** All of a file, in reads of so many bytes. */
  readFile(path: string, length = 65536): Promise<Buffer> {
    return this.#with(path, { options: 0x60 }, file => file.readAll(length))
  }

  /** What is told of a path by who may not read it. */
  stat(path: string, options = 0): Promise<Info> {
    const access = Access.readAttributes | Access.synchronize
    return this.#with(path, { access, options: options | 0x20 }, file =>
      file.info(),
    )
  }

  lstat(path: string): Promise<Info> {
    return this.stat(path, Option.openReparsePoint)
  }

  readlink(path: string): Promise<Link> {
    return this.#with(
      path,
      {
        access: Access.readAttributes | Access.synchronize,
        options: Option.openReparsePoint | Option.synchronous,
      },
      file => file.link(),
    )
  }

  /** FindFirstFile and all that follow; by default all of a directory. */
  list(path: string, pattern = '*', length = 0x4000): Promise<Entry[]> {
    return this.#with(
      path,
      { access: 0x100001, options: Option.directory | Option.synchronous },
      file => file.list(pattern, length),
    )
  }

  async volume(): Promise<ReturnType<typeof volumeOf>> {
    const contexts = { UserContext: 0n, UserContext2: 0n }
    const reply = await this.drive.driver.submit(
      ofHandle('QueryVolumeInformation', contexts),
      this.caller,
    )
    return volumeOf(granted('volume', reply).response)
  }
}
