import type { Caller } from '../../provider/contract.ts'
import { codeOf, Errno } from '../../provider/errno.ts'
import { blockSize, Want, wantOf, type Attr } from '../attr.ts'
import type { Filesystem } from '../filesystem.ts'
import type { Held, HostOptions } from '../host.ts'
import { child } from '../lookup.ts'
import type { Node } from '../node.ts'
import type { OpenDirectory } from '../opendir.ts'
import type { Opened } from '../openfile.ts'
import { Fopen } from './codec/flags.ts'
import type { Found } from './codec/found.ts'
import { Listing } from './codec/listing.ts'
import { negotiate } from './codec/negotiate.ts'
import { Opcode } from './codec/opcodes.ts'
import { Reply } from './codec/reply.ts'
import { Request } from './codec/request.ts'
import {
  AccessIn,
  GetxattrIn,
  InHeader,
  InitIn,
  InterruptIn,
  OpenIn,
  ReadIn,
  ReleaseIn,
  SetattrIn,
} from './codec/structures.ts'
import { Early } from './early.ts'
import { Inodes, type Inode } from './inodes.ts'
import { isTruncation, refused } from './unwritable.ts'

/** Bytes that one READ may ask for at most: what Linux allows, 256 pages. */
export const largestRead = 256 * 4096

/** Bytes of any request that is not refused: a header and two names fit. */
export const requestSize = 64 * 1024

/** Seconds that the kernel may keep what cannot change. */
const lasting = 3600

/** No reply now: there is none, or another thread sends it. */
const silent = 0

/** What an operation answers with: bytes of the reply buffer, or silence. */
type Operation = () => number

/**
 * One FUSE connection: requests in, replies out, no system call. A request
 * that this cannot make sense of, or that throws, is answered all the same.
 */
export class Session {
  /** Where the next request is to be read to. */
  readonly input = new Uint8Array(requestSize)
  /** Where its reply stands, if `handle` returns a length. */
  readonly output = new Uint8Array(largestRead + 4096)
  readonly #request = new Request(this.input)
  readonly #reply: Reply
  readonly #listing: Listing
  readonly #filesystem: Filesystem
  readonly #cache: number | undefined
  readonly #log: (line: string) => void
  readonly #inodes = new Inodes()
  readonly #files = new Map<number, Opened>()
  readonly #directories = new Map<number, OpenDirectory>()
  readonly #early = new Early()
  #lastHandle = 0

  constructor(
    filesystem: Filesystem,
    { cache }: HostOptions,
    log: (line: string) => void,
  ) {
    this.#filesystem = filesystem
    this.#cache = cache
    this.#log = log
    const common = { blockSize, time: Date.now() / 1e3 }
    this.#reply = new Reply(this.output, common)
    this.#listing = new Listing(this.output, common)
  }

  /** How much the kernel holds of this: nodes, open files and directories. */
  get held(): Held {
    return {
      nodes: this.#inodes.size,
      files: this.#files.size,
      directories: this.#directories.size,
    }
  }

  /**
   * Handles the request of `length` bytes in `input`: the length of the reply
   * in `output`, or 0 if none is to be sent now. What is shorter than a header
   * does not say whom to answer; the kernel sends no such thing.
   */
  handle(length: number): number {
    if (length < InHeader.size) return silent
    const request = this.#request
    try {
      request.load(length)
      return (this.#operations[request.opcode] ?? this.#unknown)()
    } catch (error) {
      return this.#failed(error)
    }
  }

  readonly #unknown = (): never => {
    throw new Errno(refused[this.#request.opcode] ?? 'ENOSYS')
  }

  #failed(error: unknown): number {
    const code = codeOf(error)
    if (code === undefined) this.#unforeseen(error)
    // what has no reply has none in failure either
    const { opcode, unique } = this.#request
    return unanswered.has(opcode)
      ? silent
      : this.#reply.error(unique, code ?? 'EIO')
  }

  #unforeseen(error: unknown): void {
    this.#log(`request: ${String(error)}`)
  }

  get #caller(): Caller {
    const { uid, gid, pid } = this.#request
    return { uid, gid, tid: pid }
  }

  get #inode(): Inode {
    return this.#inodes.get(this.#request.nodeid)
  }

  /** The node as the kernel is told of it, held by one more lookup. */
  #found(node: Node, attr: Attr, parent: Node): Found {
    return {
      nodeid: this.#inodes.add(node, parent),
      attr,
      nameValid: this.#cache ?? (node.fleeting ? 0 : lasting),
      attrValid: this.#attrValid(node),
    }
  }

  /** Owners change with an exec; nothing else does. */
  #attrValid({ pid }: Node): number {
    return this.#cache ?? (pid ? 0 : lasting)
  }

  readonly #operations: { readonly [opcode: number]: Operation } = {
    [Opcode.INIT]: () => {
      const init = this.#request.body(InitIn)
      return this.#reply.init(
        this.#request.unique,
        negotiate(init, largestRead),
      )
    },
    [Opcode.DESTROY]: () => this.#reply.done(this.#request.unique),

    [Opcode.LOOKUP]: () => {
      const { node: parent } = this.#inode
      const { node, attr } = this.#filesystem.entry(
        parent,
        this.#request.name(),
        this.#caller,
      )
      const found = this.#found(node, attr, parent)
      return this.#reply.entry(this.#request.unique, found)
    },
    [Opcode.FORGET]: () => this.#forget(),
    [Opcode.BATCH_FORGET]: () => this.#forget(),

    [Opcode.GETATTR]: () => this.#getattr(),
    [Opcode.SETATTR]: () => {
      if (!isTruncation(this.#request.body(SetattrIn).valid))
        throw new Errno('EPERM')
      this.#filesystem.access(this.#inode.node, Want.write, this.#caller)
      return this.#getattr()
    },
    [Opcode.ACCESS]: () => {
      const { mask } = this.#request.body(AccessIn)
      this.#filesystem.access(this.#inode.node, mask & 7, this.#caller)
      return this.#reply.done(this.#request.unique)
    },
    [Opcode.READLINK]: () =>
      this.#reply.link(
        this.#request.unique,
        this.#filesystem.readlink(this.#inode.node, this.#caller),
      ),

    [Opcode.OPEN]: () => {
      const wanted = wantOf(this.#request.body(OpenIn).flags)
      const file = this.#filesystem.open(this.#inode.node, wanted, this.#caller)
      this.#files.set(++this.#lastHandle, file)
      return this.#reply.open(
        this.#request.unique,
        this.#lastHandle,
        Fopen.DIRECT_IO | Fopen.NOFLUSH,
      )
    },
    [Opcode.READ]: () => {
      const { fh, offset, size } = this.#request.body(ReadIn)
      const { unique } = this.#request
      const file = handleOf(this.#files, fh)
      if (this.#early.take(unique)) throw new Errno('EINTR')
      const bytes = file.read({
        id: unique,
        offset,
        size: Math.min(size, largestRead),
      })
      return bytes ? this.#reply.bytes(unique, bytes) : silent
    },
    [Opcode.RELEASE]: () => this.#release(this.#files),
    [Opcode.FLUSH]: () => this.#reply.done(this.#request.unique),

    [Opcode.OPENDIR]: () => {
      const { node, parent } = this.#inode
      const directory = this.#filesystem.opendir(node, parent, this.#caller)
      this.#directories.set(++this.#lastHandle, directory)
      return this.#reply.open(this.#request.unique, this.#lastHandle, 0)
    },
    [Opcode.READDIR]: () => this.#list(false),
    [Opcode.READDIRPLUS]: () => this.#list(true),
    [Opcode.RELEASEDIR]: () => this.#release(this.#directories),

    [Opcode.STATFS]: () =>
      this.#reply.statfs(this.#request.unique, {
        bsize: blockSize,
        frsize: blockSize,
        namelen: 255,
      }),
    [Opcode.LISTXATTR]: () => {
      // no names: to "how long is the list" and to "the list" alike
      const { size } = this.#request.body(GetxattrIn)
      const { unique } = this.#request
      return this.#reply.bytes(unique, new Uint8Array(size ? 0 : 8))
    },
    [Opcode.INTERRUPT]: () => this.#interrupt(),
  }

  #forget(): number {
    this.#request.forgets((id, count) => this.#inodes.forget(id, count))
    return silent
  }

  #getattr(): number {
    const { node } = this.#inode
    return this.#reply.attr(
      this.#request.unique,
      this.#filesystem.getattr(node),
      this.#attrValid(node),
    )
  }

  #release(handles: Map<number, unknown>): number {
    handles.delete(this.#request.body(ReleaseIn).fh)
    return this.#reply.done(this.#request.unique)
  }

  /**
   * Entries from the offset on that fit. Those whose names the kernel may keep
   * come with their attributes; a pid's would be out of date at once.
   */
  #list(plus: boolean): number {
    const { fh, offset, size } = this.#request.body(ReadIn)
    const { node } = this.#inode
    const directory = handleOf(this.#directories, fh)
    this.#listing.start(size, plus)
    let next = Number(offset)
    for (const entry of directory.from(next)) {
      const of = plus ? this.#child(node, entry.node) : undefined
      if (!this.#listing.add(entry, ++next, of)) {
        if (of) this.#inodes.forget(of.nodeid, 1)
        break
      }
    }
    return this.#listing.finish(this.#request.unique)
  }

  /**
   * A row of a directory, for READDIRPLUS. One that fails goes by its name
   * alone, and the kernel's own lookup tells why: an error now would lose
   * count of the rows before, which nobody would ever forget. What nobody
   * foresaw is told to the log, too.
   */
  #child(parent: Node, entry: Node | undefined): Found | undefined {
    if (!entry) return undefined
    const node = child(parent, entry.name, entry.row)
    try {
      return this.#found(node, this.#filesystem.getattr(node), parent)
    } catch (error) {
      if (codeOf(error) === undefined) this.#unforeseen(error)
      return undefined
    }
  }

  /** The interrupted request is answered EINTR, if nobody has won it yet. */
  #interrupt(): number {
    const { unique } = this.#request.body(InterruptIn)
    if (!this.#filesystem.cancel(unique)) this.#early.add(unique)
    return silent
  }
}

/** Requests that the kernel wants no answer to. */
const unanswered: ReadonlySet<number> = new Set([
  Opcode.FORGET,
  Opcode.BATCH_FORGET,
  Opcode.INTERRUPT,
  Opcode.NOTIFY_REPLY,
])

/** EBADF for a handle that was never issued or is released. */
const handleOf = <T>(handles: Map<number, T>, handle: number): T => {
  const found = handles.get(handle)
  if (found === undefined) throw new Errno('EBADF')
  return found
}
