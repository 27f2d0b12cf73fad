import { Rsp, Status, VolumeFlags, getReparsePoint, viewOf } from './abi.ts'
import type { Caller, Reply, Requester } from './driver.ts'
import type { Node, Nodes } from './nodes.ts'
import { Refusal, granted } from './refusal.ts'
import {
  fileSystemControl,
  ofHandle,
  queryDirectory,
  read,
  type Contexts,
} from './requests.ts'
import {
  bytesOf,
  entriesOf,
  infoAt,
  infoOf,
  linkOf,
  nameOf,
  type Entry,
  type Info,
  type Link,
} from './responses.ts'

/** What a handle needs of its volume. */
interface Drive {
  readonly driver: Requester
  /** Bits of FSP_FSCTL_VOLUME_PARAMS. */
  readonly flags: number
  readonly nodes: Nodes
}

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

/** A handle. */
export class OpenFile {
  readonly path: string
  /** The name in its true case, if the file system told it. */
  readonly name: string
  /** What was granted, and FileInfo as of the open. */
  readonly access: number
  readonly opened: Info
  readonly contexts: Contexts
  readonly #drive: Drive
  readonly #caller: Caller
  readonly #node: Node

  constructor(drive: Drive, caller: Caller, path: string, { response }: Reply) {
    const rsp = Rsp.view(viewOf(response))
    this.path = path
    this.name = nameOf(response)
    this.access = rsp.GrantedAccess
    this.opened = infoOf(response, infoAt.create)
    this.#drive = drive
    this.#caller = caller
    this.#node = drive.nodes.enter(path, rsp.UserContext)
    const { UserContext } = this.#node
    this.contexts = { UserContext, UserContext2: rsp.UserContext2 }
  }

  #ask(request: Uint8Array, signal?: AbortSignal): Promise<Reply> {
    const { driver, nodes } = this.#drive
    return nodes.alone(this.path, async () => {
      if (signal?.aborted === true)
        throw new Refusal(this.path, Status.cancelled)
      return driver.submit(request, { ...this.#caller, signal })
    })
  }

  /** ReadFile; empty at the end of the file. */
  async read(
    offset: number,
    length: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array()
    const reply = await this.#ask(read(this.contexts, offset, length), signal)
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
    const { flags } = this.#drive
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
      (this.#drive.flags & VolumeFlags.directoryMarkerAsNextOffset) !== 0
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
    const { flags, nodes } = this.#drive
    if ((flags & VolumeFlags.postCleanupWhenModifiedOnly) === 0)
      await this.#ask(ofHandle('Cleanup', this.contexts))
    await this.#ask(ofHandle('Close', this.contexts))
    nodes.leave(this.#node)
  }
}
