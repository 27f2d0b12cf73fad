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
import {
  Params,
  Rsp,
  Status,
  VolumeFlags,
  getReparsePoint,
  tagSymlink,
  viewOf,
} from './abi.ts'
import type { Caller, Reply } from './driver.ts'
import {
  Access,
  CreateFlag,
  Option,
  create,
  fileSystemControl,
  ofHandle,
  queryDirectory,
  read,
  type Contexts,
  type CreateOptions,
} from './requests.ts'
import {
  bytesOf,
  entriesOf,
  infoAt,
  infoOf,
  linkOf,
  nameOf,
  volumeOf,
  type Entry,
  type Info,
  type Link,
} from './responses.ts'

/** What a program is told in place of an answer. */
export class Refusal extends Error {
  /** NTSTATUS, unsigned. */
  readonly status: number
  constructor(what: string, status: number) {
    super(`${what}: ${status.toString(16)}`)
    this.status = status
  }
}

/** A link that leads out of the volume. */
export class Outside extends Error {
  /** As the link has it: `\??\C:\…`. */
  readonly target: string
  constructor(path: string, target: string) {
    super(`${path} leads to ${target}`)
    this.target = target
  }
}

const granted = (what: string, reply: Reply): Reply => {
  if (reply.status !== Status.success) throw new Refusal(what, reply.status)
  return reply
}

/** Who brings requests to a file system. */
export interface Requester {
  submit(request: Uint8Array, options?: Caller): Promise<Reply>
  /** FSP_FSCTL_VOLUME_PARAMS */
  params(): Promise<Uint8Array>
}

/** All handles of one name. */
interface Node {
  readonly key: string
  UserContext: bigint
  handles: number
  /** When what was asked of it last is done. */
  idle: Promise<unknown>
}

/** The most that Windows follows. */
const mostLinks = 63

const sectorOf = (size: number): number => Math.ceil(size / 4096) * 4096

/** `*` and `?` as in names; all else is the name, whatever its case. */
const patternOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'is',
  )

const isWild = (pattern: string): boolean => /[*?<>"]/.test(pattern)

/** The volume, as all programs share it. */
export class Drive {
  readonly driver: Requester
  readonly flags: number
  readonly #nodes = new Map<string, Node>()

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

  /** Files that are open, by the model. */
  get names(): number {
    return this.#nodes.size
  }

  /** Does one thing at a time with a name. */
  alone<T>(path: string, act: () => Promise<T>): Promise<T> {
    const node = this.#nodes.get(path.toUpperCase())
    if (node === undefined) return act()
    const done = node.idle.then(act)
    node.idle = done.catch(() => undefined)
    return done
  }

  /** Of a handle that was just opened: whose UserContext it has. */
  enter(path: string, UserContext: bigint): Node {
    const key = path.toUpperCase()
    const node = this.#nodes.get(key) ?? {
      key,
      UserContext,
      handles: 0,
      idle: Promise.resolve(),
    }
    node.handles++
    this.#nodes.set(key, node)
    return node
  }

  leave(node: Node): void {
    if (--node.handles === 0) this.#nodes.delete(node.key)
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
      const reply = await this.drive.alone(at, () => this.#create(at, options))
      if (reply.status !== Status.reparse) {
        granted(`open ${at}`, reply)
        return new OpenFile(this, at.replace(/(.)\\$/, '$1'), reply)
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

/** A handle. */
export class OpenFile {
  readonly path: string
  /** The name in its true case, if the file system told it. */
  readonly name: string
  /** What was granted, and FileInfo as of the open. */
  readonly access: number
  readonly opened: Info
  readonly contexts: Contexts
  readonly #program: Program
  readonly #node: Node

  constructor(program: Program, path: string, { response }: Reply) {
    const rsp = Rsp.view(viewOf(response))
    this.path = path
    this.name = nameOf(response)
    this.access = rsp.GrantedAccess
    this.opened = infoOf(response, infoAt.create)
    this.#program = program
    this.#node = program.drive.enter(path, rsp.UserContext)
    const { UserContext } = this.#node
    this.contexts = { UserContext, UserContext2: rsp.UserContext2 }
  }

  #ask(request: Uint8Array): Promise<Reply> {
    const { drive, caller } = this.#program
    return drive.alone(this.path, () => drive.driver.submit(request, caller))
  }

  /** ReadFile; empty at the end of the file. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array()
    const reply = await this.#ask(read(this.contexts, offset, length))
    if (reply.status === Status.endOfFile) return new Uint8Array()
    return granted(`read ${this.path}`, reply).data
  }

  /** As a program that reads until nothing comes. */
  async readAll(length = 65536): Promise<Buffer> {
    const parts: Uint8Array[] = []
    for (let offset = 0; ;) {
      const part = await this.read(offset, length)
      if (part.length === 0) return Buffer.concat(parts)
      parts.push(part)
      offset += part.length
    }
  }

  /**
   * A memory map of all: pages in the order that `order` makes of their
   * numbers, through the size that the handle has now.
   */
  async map(
    order: (pages: readonly number[]) => readonly number[] = pages => pages,
  ): Promise<Uint8Array> {
    const { size } = await this.info()
    // ERROR_FILE_INVALID
    if (size === 0) throw new Refusal(`map ${this.path}`, 0xc000011e)
    const whole = new Uint8Array(sectorOf(size))
    const pages = Array.from({ length: whole.length / 4096 }, (_, at) => at)
    await Promise.all(
      order(pages).map(async page => {
        whole.set(await this.read(page * 4096, 4096), page * 4096)
      }),
    )
    return whole.subarray(0, size)
  }

  async info(): Promise<Info> {
    const reply = await this.#ask(ofHandle('QueryInformation', this.contexts))
    return infoOf(granted(`info ${this.path}`, reply).response, infoAt.other)
  }

  /** A page of a directory, from behind a marker. */
  async entries(
    pattern = '*',
    marker?: string | bigint,
    length = 0x4000,
  ): Promise<ReturnType<typeof entriesOf>> {
    const { flags } = this.#program.drive
    const isName =
      !isWild(pattern) && (flags & VolumeFlags.passQueryDirectoryFileName) !== 0
    const isPassed =
      isName ||
      (pattern !== '*' && (flags & VolumeFlags.passQueryDirectoryPattern) !== 0)
    const reply = await this.#ask(
      queryDirectory(this.contexts, {
        length,
        pattern: isPassed ? pattern : undefined,
        isName,
        marker,
      }),
    )
    return entriesOf(granted(`list ${this.path}`, reply).data)
  }

  async list(pattern = '*', length = 0x4000): Promise<Entry[]> {
    const found: Entry[] = []
    const wanted = patternOf(pattern)
    const isNumber =
      (this.#program.drive.flags & VolumeFlags.directoryMarkerAsNextOffset) !==
      0
    for (let marker: string | bigint | undefined; ;) {
      const page = await this.entries(pattern, marker, length)
      found.push(...page.entries.filter(({ name }) => wanted.test(name)))
      if (page.isEnd) return found
      const last = page.entries.at(-1)
      marker = isNumber ? last?.next : last?.name
    }
  }

  /** FSCTL_GET_REPARSE_POINT */
  async link(): Promise<Link> {
    const reply = await this.#ask(
      fileSystemControl(this.contexts, this.path, getReparsePoint),
    )
    return linkOf(bytesOf(granted(`link ${this.path}`, reply).response))
  }

  /** The security descriptor. */
  async security(): Promise<Uint8Array> {
    const reply = await this.#ask(ofHandle('QuerySecurity', this.contexts))
    return bytesOf(granted(`security ${this.path}`, reply).response)
  }

  async close(): Promise<void> {
    const { drive } = this.#program
    if ((drive.flags & VolumeFlags.postCleanupWhenModifiedOnly) === 0)
      await this.#ask(ofHandle('Cleanup', this.contexts))
    await this.#ask(ofHandle('Close', this.contexts))
    drive.leave(this.#node)
  }
}
